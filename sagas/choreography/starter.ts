import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import { addDuration, type Clock, type DurationMs } from '../../shared/kernel/time.ts';
import type { DueRows } from '../../shared/ports/due-rows.ts';
import type { SagaDefinition } from '../definition.ts';
import type { CancelOutcome } from '../runner/cancel-saga.ts';
import { readStart, type SagaEvent, type StartOutcome } from '../runner/start-saga.ts';
import type { SagaStarter } from '../runner/take-demand.ts';
import type { Thread } from './choreography-event.ts';
import type { ServicePorts } from './service.ts';
import { untracked, type TrackerState } from './tracked-saga.ts';
import { decodeState } from './tracker-state-codec.ts';

export interface StarterPorts extends Pick<ServicePorts, 'publish'> {
  readonly rows: Pick<DueRows, 'read'>;
  readonly clock: Clock;
  /** From the start of a saga to its deadline. */
  readonly timeout: DurationMs;
}

/**
 * Starts and cancels choreographed sagas by asking their tracker, which alone decides: a second
 * start of a saga finds its row. Each request has an id of its own, as a lost one may be repeated.
 */
export function choreographedStarter(ports: StarterPorts): SagaStarter {
  return {
    start: (definition, event) => requestStart(ports, definition, event),
    cancel: async (sagaId, { code, detail }) => {
      const outcome = cancelOutcomeOf(await readState(ports, sagaId));
      if (outcome === 'recorded') return outcome;
      const at = ports.clock.now();
      const id = `${sagaId}/cancel-requested/${at}`;
      const reason = { code, detail: detail.slice(0, maxDetailLength) };
      await ports.publish({ kind: 'cancel-requested', id, sagaId, reason, at });
      return outcome;
    },
  };
}

/** A reason is for a person to read. */
const maxDetailLength = 1_000;

/** The row of a saga as it is now. */
export async function readState(
  { rows }: Pick<StarterPorts, 'rows'>,
  sagaId: string,
): Promise<TrackerState> {
  const stored = await rows.read(sagaId);
  return stored === undefined ? untracked : decodeState(stored.row.text);
}

/** What a start would come to, without asking for it. Errors: those of the rows. */
export async function previewChoreographed(
  { rows }: Pick<StarterPorts, 'rows'>,
  definition: SagaDefinition,
  event: SagaEvent,
): Promise<StartOutcome> {
  const found = await findStart({ rows }, definition, event);
  return found.ok ? { kind: 'started', sagaId: found.value.sagaId } : found.problem;
}

/** What is to be started, or what came of it before. */
async function findStart(
  ports: Pick<StarterPorts, 'rows'>,
  definition: SagaDefinition,
  event: SagaEvent,
): Promise<Result<Pick<Thread, 'sagaId' | 'facts'>, StartOutcome>> {
  const read = readStart(definition, event);
  if (!read.ok) return fail({ kind: 'unstartable', ...read.problem });
  const { saga } = await readState(ports, read.value.sagaId);
  return saga === undefined ? succeed(read.value) : fail(standing(saga.thread, definition));
}

async function requestStart(
  ports: StarterPorts,
  definition: SagaDefinition,
  event: SagaEvent,
): Promise<StartOutcome> {
  const found = await findStart(ports, definition, event);
  if (!found.ok) return found.problem;
  const { sagaId } = found.value;
  const startedAt = ports.clock.now();
  const { traceparent } = event;
  const thread: Thread = {
    ...found.value,
    ...{ definition: definition.name, startedAt, undos: [] },
    deadline: addDuration(startedAt, ports.timeout),
    ...(traceparent !== undefined && { traceparent }),
  };
  const id = `${sagaId}/start-requested/${startedAt}`;
  await ports.publish({ kind: 'start-requested', id, sagaId, thread });
  return { kind: 'started', sagaId };
}

function standing({ sagaId, definition: name }: Thread, definition: SagaDefinition): StartOutcome {
  if (name === definition.name) return { kind: 'duplicate', sagaId };
  const detail = `The saga id ${sagaId} belongs to a saga ${name}.`;
  return { kind: 'unstartable', code: 'saga.id_taken', detail };
}

function cancelOutcomeOf({ saga }: TrackerState): CancelOutcome {
  if (saga === undefined) return 'kept';
  if (saga.phase === 'completed') return 'returning';
  return saga.phase === 'running' ? 'delivered' : 'recorded';
}
