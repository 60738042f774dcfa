import type { SagaDefinition } from '../definition.ts';
import { cancelSaga, type CancelOutcome } from './cancel-saga.ts';
import type { SagaDemand } from './read-demands.ts';
import type { InstancePorts } from './runner-ports.ts';
import type { SagaReason } from './saga-state.ts';
import { sagaIdOf, startSaga, type SagaEvent, type StartOutcome } from './start-saga.ts';

/** Starts and cancels sagas; each variant has its own. Repeating a call is harmless. */
export interface SagaStarter {
  readonly start: (definition: SagaDefinition, event: SagaEvent) => Promise<StartOutcome>;
  readonly cancel: (sagaId: string, cancel: SagaCancel) => Promise<CancelOutcome>;
}

/** A demand that a saga be compensated, by the id that makes its copies known. */
interface SagaCancel extends SagaReason {
  readonly id: string;
}

export type DemandOutcome =
  | StartOutcome
  | { readonly kind: 'cancelled'; readonly sagaId: string; readonly outcome: CancelOutcome };

/** The starter of the orchestrated variant. */
export function orchestratedStarter(ports: InstancePorts): SagaStarter {
  return {
    start: (definition, event) => startSaga(ports, definition, event),
    cancel: (sagaId, cancel) => cancelSaga(ports, sagaId, cancel),
  };
}

/** Does what an event asks of a saga. Errors: those of the starter. */
export async function takeDemand(
  starter: SagaStarter,
  { kind, definition, event }: SagaDemand,
): Promise<DemandOutcome> {
  if (kind === 'start') return await starter.start(definition, event);
  const sagaId = sagaIdOf(definition, event.data);
  if (sagaId === undefined) {
    const detail = 'The business key is missing, or too long for an id.';
    return { kind: 'unstartable', code: 'saga.id_unusable', detail };
  }
  const { source, id } = event.key;
  const reason = event.data['reason'];
  const detail = typeof reason === 'string' ? reason : '';
  const cancel = { id: `event ${source} ${id}`, code: 'saga.cancelled', detail };
  return { kind: 'cancelled', sagaId, outcome: await starter.cancel(sagaId, cancel) };
}

/** What the order of demands depends on: those of one saga are taken one after the other. */
export function sagaKeyOf({ definition, event }: SagaDemand): string {
  return sagaIdOf(definition, event.data) ?? '';
}
