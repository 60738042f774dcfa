import { getClient, type DurableClient } from 'durable-functions';
import type { InvocationContext } from '@azure/functions';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { InstanceStatus, RaiseOutcome, SagaInstances } from '../../shared/ports/sagas.ts';
import { messageEvent } from './durable-tasks.ts';
import { durableNames } from './names.ts';

/** The part of the SDK's client that sagas need. */
type Client = Pick<DurableClient, 'startNew' | 'raiseEvent' | 'getStatus'>;

/** The instances of the task hub that an invocation with a durable client input may talk to. */
export function openInstances(context: InvocationContext): SagaInstances {
  return createInstances(getClient(context));
}

export function createInstances(client: Client): SagaInstances {
  return {
    start: (instanceId, input) => start(client, instanceId, input),
    raise: (instanceId, message) => raise(client, instanceId, message),
    status: (instanceId) => statusOf(client, instanceId),
  };
}

/** The engine refuses an id that runs already; anything else that it refuses is a failure. */
async function start(client: Client, instanceId: string, input: object): Promise<void> {
  try {
    await client.startNew(durableNames.runSaga, { instanceId, input });
  } catch (cause) {
    const status = await statusOf(client, instanceId);
    const isThere = status !== undefined && isAlive(status);
    if (!isThere) throw unavailable('start an instance', cause);
  }
}

/** The SDK answers alike for an instance that reads and for one that has ended: so it is asked. */
async function raise(client: Client, instanceId: string, message: object): Promise<RaiseOutcome> {
  try {
    await client.raiseEvent(instanceId, messageEvent, message);
  } catch (cause) {
    if (isNotFound(cause)) return 'missing';
    throw unavailable('raise an event', cause);
  }
  const status = await statusOf(client, instanceId);
  if (status === undefined) return 'missing';
  return isAlive(status) ? 'raised' : 'ended';
}

async function statusOf(client: Client, instanceId: string): Promise<InstanceStatus | undefined> {
  try {
    const { runtimeStatus, customStatus } = await client.getStatus(instanceId);
    return { state: stateOf(runtimeStatus), view: customStatus };
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw unavailable('read the status of an instance', cause);
  }
}

function stateOf(runtimeStatus: string): InstanceStatus['state'] {
  switch (runtimeStatus) {
    case 'Pending':
      return 'pending';
    case 'Running':
    case 'ContinuedAsNew':
      return 'running';
    case 'Suspended':
      return 'suspended';
    case 'Completed':
      return 'ended';
    default:
      return 'failed';
  }
}

function isAlive({ state }: InstanceStatus): boolean {
  return state === 'pending' || state === 'running' || state === 'suspended';
}

/** The SDK tells what is missing in words only. */
function isNotFound(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return /No instance with ID|HTTP 404/.test(cause.message);
}

function unavailable(request: string, cause: unknown): AppError {
  return new AppError('durable.unavailable', `The durable engine refused to ${request}.`, {
    kind: 'transient',
    cause,
    details: { request },
  });
}
