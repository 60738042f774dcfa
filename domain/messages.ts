import type { JsonObject } from '../shared/kernel/json-value.ts';
import type { EpochMs } from '../shared/kernel/time.ts';

/** The bounded contexts that sagas command. Each has its own queue of commands. */
export const participantNames = [
  'orders',
  'inventory',
  'payment',
  'warehouse',
  'shipping',
] as const;
export type ParticipantName = (typeof participantNames)[number];

interface CommandBase {
  /**
   * Deterministic, `{sagaId}/{step}` or `{sagaId}/{step}/undo`: every repetition of the command
   * carries it, and participants deduplicate by it.
   */
  readonly id: string;
  /** Imperative, for example `charge-payment`. */
  readonly name: string;
  readonly participant: ParticipantName;
  /** The business key of the saga, and the session of all its messages. */
  readonly sagaId: string;
  /** The orchestration that waits for the reply; the choreographed variant has none. */
  readonly replyTo: string;
  /** 1 for the first sending, then counted up. Not part of the command's identity. */
  readonly attempt: number;
  /** W3C trace context of the saga. */
  readonly traceparent?: string;
  readonly data: JsonObject;
}

/** Asks a participant to take a step. */
export interface DoCommand extends CommandBase {
  readonly kind: 'do';
  /** The saga's deadline. A participant refuses the command afterwards, replays included. */
  readonly notAfter: EpochMs;
}

/** Asks a participant to undo a step, whether or not it ever saw the command of the step. */
export interface UndoCommand extends CommandBase {
  readonly kind: 'undo';
  /** The id of the command to undo. A participant refuses that command from then on. */
  readonly undoes: string;
}

export type Command = DoCommand | UndoCommand;

export type ReplyOutcome =
  | { readonly kind: 'done'; readonly data: JsonObject }
  /**
   * It took no effect. Of a step: it never will, and every copy of the command is refused. Of a
   * compensation: a later copy may succeed, once what stood in its way is gone.
   */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };

/** What a participant answers. Equal answers to one command have equal ids, others different ones. */
export interface Reply {
  readonly id: string;
  /** The command that it answers (CloudEvents extension `causationid`). */
  readonly commandId: string;
  readonly commandName: string;
  readonly participant: ParticipantName;
  readonly sagaId: string;
  readonly replyTo: string;
  readonly traceparent?: string;
  readonly outcome: ReplyOutcome;
}

/** The id of the command of a step. */
export function commandIdOf(sagaId: string, step: string): string {
  return `${sagaId}/${step}`;
}

/** The id of the command that undoes a step. */
export function undoIdOf(sagaId: string, step: string): string {
  return `${sagaId}/${step}/undo`;
}
