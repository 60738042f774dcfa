import type { Reply } from '../../domain/messages.ts';
import type { JsonObject } from '../../shared/kernel/json-value.ts';
import type { EpochMs } from '../../shared/kernel/time.ts';
import type { SagaEnding } from '../../shared/ports/sagas.ts';
import type { ListedSaga } from '../../shared/ports/saga-listing.ts';
import type { SagaReason, SagaStart } from './saga-state.ts';

/** `forward`: from the start event to an outcome. `return`: a completed saga is compensated. */
export type RunKind = 'forward' | 'return';

/** What a durable instance of a saga is started with. */
export interface RunInput {
  readonly sagaId: string;
  readonly run: RunKind;
  /** Fresh for every call that starts: only one of them will enter. */
  readonly token: string;
}

/** A message for a run, as the engine carries it: the event `message` of its instance. */
export type RunMessage =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'cancel'; readonly id: string; readonly reason: SagaReason };

/** What the first activity of a run is asked. */
export interface EntryRequest extends RunInput {
  /** The run's own time, the same however often the activity is executed. */
  readonly at: EpochMs;
}

/** What the first activity of a run answers. */
export type Entry =
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'entered';
      readonly definition: string;
      readonly start: SagaStart;
      /** Came before the run. A returning run has its reason from them, and no more cancels. */
      readonly cancels: readonly { readonly id: string; readonly reason: SagaReason }[];
    };

/** What the last activity of a run is asked. */
export interface ClosingRequest extends RunInput {
  readonly ending: SagaEnding;
}

/** What the activity is asked that shows a saga under its phase. */
export interface ListingRequest {
  readonly saga: ListedSaga;
  readonly former: ListedSaga['phase'];
}

/** The id of the durable instance of a run. `~` is in no saga id. */
export function instanceIdOf(sagaId: string, run: RunKind): string {
  return run === 'forward' ? sagaId : `${sagaId}~return`;
}

/** Which run of the saga an instance is; undefined for an instance of something else. */
export function runOf(sagaId: string, instanceId: string): RunKind | undefined {
  if (instanceId === instanceIdOf(sagaId, 'forward')) return 'forward';
  return instanceId === instanceIdOf(sagaId, 'return') ? 'return' : undefined;
}

/** The input as what the engine carries. */
export function toRunInput({ sagaId, run, token }: RunInput): JsonObject {
  return { sagaId, run, token };
}
