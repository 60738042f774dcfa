import type { JsonObject } from '../shared/kernel/json-value.ts';
import type { EpochMs } from '../shared/kernel/time.ts';
import type { ParticipantName, ReplyOutcome } from './messages.ts';

/** What one command does to a participant's own state. Pure; called at most once per command id. */
type Step<Own> = (own: Own, data: JsonObject) => StepResult<Own>;

export type StepResult<Own> =
  | { readonly kind: 'done'; readonly own: Own; readonly data: JsonObject }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };

/** Undoes what the step did; called only for a step that took effect. It may be refused too. */
export type Undo<Own> = (own: Own, done: JsonObject) => StepResult<Own>;

/** A bounded context: its state for one saga, and what commands do to it. */
export interface Participant<Own> {
  readonly name: ParticipantName;
  readonly initial: Own;
  /** By the name of the command. */
  readonly steps: ReadonlyMap<string, Step<Own>>;
  /** By the name of the compensation: the step that it undoes, and how. */
  readonly undos: ReadonlyMap<string, { readonly step: string; readonly undo: Undo<Own> }>;
}

/** What a participant remembers of one saga, beside its own state. */
export interface ParticipantRecord<Own> {
  readonly own: Own;
  /** Replies by command id. */
  readonly answered: Readonly<
    Record<string, { readonly outcome: ReplyOutcome; readonly at: EpochMs }>
  >;
  /** Commands that were compensated, by id, whether they had been seen or not (tombstones). */
  readonly undone: Readonly<Record<string, EpochMs>>;
}
