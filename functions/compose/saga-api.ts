import { isHeld, reportSaga, type SagaReport } from '../../sagas/runner/saga-report.ts';
import type { CancelOutcome } from '../../sagas/runner/cancel-saga.ts';
import { instanceIdOf } from '../../sagas/runner/run.ts';
import type { RunnerPorts } from '../../sagas/runner/runner-ports.ts';
import { orchestratedStarter } from '../../sagas/runner/take-demand.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import { isSagaId, toSagaId } from '../../shared/kernel/saga-id.ts';
import {
  createHubPublisher,
  createTopicPublisher,
} from '../../shared/messaging/event-publisher.ts';
import type { EventPublisher } from '../../shared/ports/bus.ts';
import type { ListedPage, ListedSaga } from '../../shared/ports/saga-listing.ts';
import type { InstanceStatus, SagaClaim, SagaInstances } from '../../shared/ports/sagas.ts';
import { entities } from '../entities.ts';
import type { Problem } from '../http-problem.ts';
import type { ChoreographyDuty } from './choreography.ts';
import type { Foundation } from './foundation.ts';
import { unknownValue, wrongPageSize } from './query-problems.ts';
import { placeOrder, type OrderRequest, type PlacedOrder } from './place-order.ts';

/** What the HTTP functions around sagas do. Each throws when something that it needs is down. */
export interface SagaApiDuty {
  readonly placeOrder: (request: OrderRequest) => Promise<Result<PlacedOrder, Problem>>;
  readonly show: (instances: SagaInstances, id: string) => Promise<Result<SagaReport, Problem>>;
  readonly list: (query: ListQuery) => Promise<Result<ListedPage, Problem>>;
  readonly cancel: (
    instances: SagaInstances,
    request: CancelRequest,
  ) => Promise<Result<Cancelled, Problem>>;
}

/** The texts of a query string, unchecked. */
interface ListQuery {
  readonly state: string | undefined;
  readonly pageSize: string | undefined;
  readonly continuation: string | undefined;
}

interface CancelRequest {
  readonly id: string;
  readonly body: string;
  /** The same key makes the same cancel. */
  readonly idempotencyKey: string | undefined;
}

interface Cancelled {
  readonly sagaId: string;
  readonly outcome: CancelOutcome;
}

export async function composeSagaApi(
  foundation: Foundation,
  ports: RunnerPorts,
  choreography?: Pick<ChoreographyDuty, 'starter' | 'describe'>,
): Promise<SagaApiDuty> {
  const { clock, newId } = foundation;
  const [reader, publisher] = await Promise.all([foundation.reader(), openPublisher(foundation)]);
  return {
    placeOrder: (request) => placeOrder({ reader, publisher, clock, newId }, request),
    show: (instances, id) =>
      choreography === undefined
        ? showSaga(ports, instances, id)
        : describeSaga(choreography.describe, id),
    list: async (query) => {
      const asked = readQuery(query);
      if (!asked.ok) return asked;
      const { state, size, from } = asked.value;
      return succeed(await ports.listing.list(state, size, from));
    },
    cancel: async (instances, { id, body, idempotencyKey }) => {
      const sagaId = readSagaId(id);
      if (sagaId === undefined) return fail(notFound(id));
      const detail = readReason(body);
      if (detail === undefined) return fail(noReason);
      const cancel = { id: `http ${idempotencyKey ?? newId()}`, code: 'saga.cancelled', detail };
      const starter = choreography?.starter ?? orchestratedStarter({ ...ports, instances });
      return succeed({ sagaId, outcome: await starter.cancel(sagaId, cancel) });
    },
  };
}

async function openPublisher({ config, hubs, bus }: Foundation): Promise<EventPublisher> {
  return config.publishing.service === 'Azure Event Hubs'
    ? createHubPublisher(hubs.producerOf(entities.eventsHub))
    : createTopicPublisher(await bus(), entities.upstreamTopic);
}

async function showSaga(
  { store }: RunnerPorts,
  instances: SagaInstances,
  id: string,
): Promise<Result<SagaReport, Problem>> {
  const sagaId = readSagaId(id);
  if (sagaId === undefined) return fail(notFound(id));
  const file = await store.open(sagaId);
  const { stored, replies, cancels } = file;
  if (stored === undefined && replies.length + cancels.length === 0) return fail(notFound(id));
  const status = stored && (await statusOf(instances, stored.claim));
  return succeed(reportSaga(sagaId, file, status));
}

async function describeSaga(
  describe: ChoreographyDuty['describe'],
  id: string,
): Promise<Result<SagaReport, Problem>> {
  const sagaId = readSagaId(id);
  const report = sagaId === undefined ? undefined : await describe(sagaId);
  return report === undefined ? fail(notFound(id)) : succeed(report);
}

async function statusOf(
  instances: SagaInstances,
  claim: SagaClaim,
): Promise<InstanceStatus | undefined> {
  if (!isHeld(claim)) return undefined;
  const run = claim.phase === 'returning' ? 'return' : 'forward';
  return await instances.status(instanceIdOf(claim.sagaId, run));
}

/** Callers know sagas by their ids, or orders by theirs. */
function readSagaId(id: string): string | undefined {
  return isSagaId(id) ? id : toSagaId(id);
}

const states = ['running', 'compensating', 'completed', 'compensated', 'needs-human'] as const;
const maxPageSize = 100;
const defaultPageSize = 50;

function readQuery({ state = 'running', pageSize, continuation }: ListQuery) {
  const known = states.find((each) => each === state);
  if (known === undefined) return fail(unknownValue('state', state, states));
  const size = pageSize === undefined ? defaultPageSize : Number(pageSize);
  const isSize = Number.isInteger(size) && size >= 1 && size <= maxPageSize;
  if (!isSize) return fail(wrongPageSize(maxPageSize));
  const asked: { state: ListedSaga['phase']; size: number; from?: string } = { state: known, size };
  return succeed(continuation === undefined ? asked : { ...asked, from: continuation });
}

function readReason(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || !('reason' in value)) return undefined;
    const { reason } = value;
    return typeof reason === 'string' && reason !== '' ? reason : undefined;
  } catch {
    return undefined;
  }
}

function notFound(id: string): Problem {
  return {
    status: 404,
    code: 'saga-not-found',
    title: 'There is no such saga',
    detail: `Nothing is known of ${JSON.stringify(id.slice(0, 100))}.`,
    remedy:
      'Check the id: it is the order id, or receipt- and the receipt id. A saga that was just ' +
      'asked for appears when its event has been read: try again in a few seconds.',
  };
}

const noReason: Problem = {
  status: 400,
  code: 'reason-missing',
  title: 'The reason is missing',
  detail: 'The body is no JSON object with a text reason.',
  remedy: 'Send {"reason": "..."}: it goes into the journal of the saga.',
};
