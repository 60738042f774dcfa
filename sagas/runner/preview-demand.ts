import type { SagaStore } from '../../shared/ports/sagas.ts';
import type { SagaDefinition } from '../definition.ts';
import type { SagaDemand } from './read-demands.ts';
import { readStart, sagaIdOf, type SagaEvent, type StartOutcome } from './start-saga.ts';

/** What starting a saga would come to, found out with reads alone. */
export type StartPreview = (definition: SagaDefinition, event: SagaEvent) => Promise<StartOutcome>;

/** The preview of the orchestrated variant. Errors: those of the store. */
export function previewOrchestrated({ read }: Pick<SagaStore, 'read'>): StartPreview {
  return async (definition, event) => {
    const start = readStart(definition, event);
    if (!start.ok) return { kind: 'unstartable', ...start.problem };
    const { sagaId } = start.value;
    const claim = (await read(sagaId))?.claim;
    if (claim === undefined) return { kind: 'started', sagaId };
    if (claim.definition !== definition.name) {
      const detail = `The saga id ${sagaId} belongs to a saga ${claim.definition}.`;
      return { kind: 'unstartable', code: 'saga.id_taken', detail };
    }
    return { kind: claim.phase === 'claimed' ? 'started' : 'duplicate', sagaId };
  };
}

/** What a demand would come to. A cancel is taken whatever has become of its saga. */
export async function previewDemand(
  preview: StartPreview,
  { kind, definition, event }: SagaDemand,
): Promise<StartOutcome> {
  if (kind === 'start') return await preview(definition, event);
  const sagaId = sagaIdOf(definition, event.data);
  if (sagaId !== undefined) return { kind: 'started', sagaId };
  const detail = 'The business key is missing, or too long for an id.';
  return { kind: 'unstartable', code: 'saga.id_unusable', detail };
}
