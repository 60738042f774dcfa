import type { JsonObject } from '../../shared/kernel/json-value.ts';
import type { SagaStart, SagaView, StuckCompensation } from './saga-state.ts';

/** The command whose reply the saga waits for. */
export interface PendingCommand {
  readonly kind: 'do' | 'undo';
  readonly step: string;
  /** Of the sending that is under way, from 1. */
  readonly attempt: number;
  /** How the participant refused to undo, so far; the command is sent again all the same. */
  readonly refusals?: readonly HeardRefusal[];
}

interface HeardRefusal {
  /** Tells a copy of the refusal from the refusal of another attempt. */
  readonly replyId: string;
  readonly code: string;
  readonly detail: string;
}

/** Everything the machine knows of one saga. JSON can hold it. */
export interface SagaState extends SagaView {
  readonly start: SagaStart;
  /** What the saga knows by now. A later return takes them from here. */
  readonly facts: JsonObject;
  /** Undefined when ended. */
  readonly pending: PendingCommand | undefined;
  /** Steps that have to be undone if the saga fails, in the order in which they were sent. */
  readonly registered: readonly string[];
  /** Compensations that failed for good or are held, oldest first. */
  readonly unresolved: readonly StuckCompensation[];
  /** Ids of cancels that the journal has. Bounded, as only the first has an effect. */
  readonly cancels: readonly string[];
}
