import { addDuration, durationMs, type EpochMs } from '../../shared/kernel/time.ts';
import type { Patience, SagaDefinition, StepDefinition } from '../definition.ts';
import type { JournalEntry, SagaPhase, StuckCompensation } from '../runner/saga-state.ts';
import { commandFor } from './answers.ts';
import type { ChoreographyEvent, Thread } from './choreography-event.ts';

interface Refusal {
  readonly attempt: number;
  readonly code: string;
  readonly detail: string;
}

/** What the orders context knows of an instance: it watches the participants, it does not lead them. */
export interface TrackedSaga {
  readonly thread: Thread;
  readonly phase: SagaPhase;
  /** Place of the step whose answer has its turn; the number of steps when all are done. */
  readonly turn: number;
  /** Whether the step that has its turn was refused; then no later one is ever done. */
  readonly isRefused: boolean;
  /** The step whose compensation has its turn. */
  readonly undoing: string | undefined;
  /** How the participant last refused to undo it. */
  readonly refusal: Refusal | undefined;
  /** How often the answer that has its turn was asked for, and when last. */
  readonly attempt: number;
  readonly askedAt: EpochMs;
  readonly changedAt: EpochMs;
  readonly journal: readonly JournalEntry[];
}

/** The row of a saga: its instance, once it has started, and events whose turn has not come. */
export interface TrackerState {
  readonly saga: TrackedSaga | undefined;
  readonly parked: readonly ChoreographyEvent[];
}

export const untracked: TrackerState = { saga: undefined, parked: [] };

/** How long answers may take where a definition does not say. */
export interface PatienceDefaults {
  readonly step: Patience;
  readonly compensation: Patience;
}

/** A saga, the definition that it follows, and what time it is. */
export interface Watch {
  readonly definition: SagaDefinition;
  readonly now: EpochMs;
  readonly patience: PatienceDefaults;
}

export function isEnded({ phase }: TrackedSaga): boolean {
  return phase !== 'running' && phase !== 'compensating';
}

/** The step whose answer, or whose compensation's, has its turn. */
export function awaitedStep(
  { phase, turn, undoing }: TrackedSaga,
  { steps }: SagaDefinition,
): StepDefinition | undefined {
  if (phase === 'running') return steps[turn];
  return undoing === undefined ? undefined : steps.find(({ name }) => name === undoing);
}

export function patienceOf(saga: TrackedSaga, watch: Watch): Patience {
  const step = awaitedStep(saga, watch.definition);
  return saga.phase === 'running'
    ? (step?.patience ?? watch.patience.step)
    : (step?.compensation?.patience ?? watch.patience.compensation);
}

/** When somebody has to look whether an answer is overdue; undefined for a saga that has ended. */
export function wakeOf(saga: TrackedSaga, watch: Watch): EpochMs | undefined {
  if (isEnded(saga)) return undefined;
  const overdueAt = overdueOf(saga, watch);
  const isLate = saga.phase === 'running' && saga.thread.deadline < overdueAt;
  return isLate ? saga.thread.deadline : overdueAt;
}

/** Each further attempt waits longer than the one before. */
function overdueOf(saga: TrackedSaga, watch: Watch): EpochMs {
  const { timeout, backoff } = patienceOf(saga, watch);
  const wait = Math.round(timeout * backoff ** (saga.attempt - 1));
  return addDuration(saga.askedAt, durationMs(wait));
}

/** The compensations that a person must finish, with the commands to repeat. */
export function stuckOf(
  { thread, phase }: TrackedSaga,
  { steps }: SagaDefinition,
): readonly StuckCompensation[] {
  if (phase !== 'needs-human') return [];
  return thread.undos.flatMap((record) => {
    const step = steps.find(({ name }) => name === record.step);
    const compensation = step?.compensation;
    if (record.status === 'undone' || step === undefined || compensation === undefined) return [];
    const act = { kind: 'undo', step, compensation, attempt: 1 } as const;
    return [{ ...record, status: record.status, command: commandFor({ thread, act }) }];
  });
}
