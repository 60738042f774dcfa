import type { Hub } from '../engine/hub.ts';
import { isFinished, runtimeStatuses, type RuntimeStatus } from '../instance/instance.ts';
import type { Message } from '../instance/message.ts';
import type { InstanceFilter } from '../storage/instance-store.ts';
import { maxInstanceIdLength } from '../storage/partition-key.ts';
import { managementUrls } from './client-binding.ts';
import { badRequest, readJson } from './json-body.ts';
import { statusReply, toStatusReport } from './instance-status.ts';
import { rpcPrefix, type RpcCall, type RpcReply, type RpcRoute } from './rpc-exchange.ts';

export interface OrchestrationRoutesOptions {
  readonly newId: () => string;
  readonly hasOrchestrator: (name: string) => boolean;
  readonly warn: (text: string) => void;
}

/** What the client and the management API ask of orchestrations. */
export function orchestrationRoutes(options: OrchestrationRoutesOptions): RpcRoute[] {
  const { newId } = options;
  const control = (verb: string, toMessage: (call: RpcCall) => Message): RpcRoute => ({
    method: 'POST',
    path: `instances/{id}/${verb}`,
    handler: (hub, call) => tell(hub, call, toMessage(call)),
  });
  return [
    {
      method: 'POST',
      path: 'orchestrators/{name}/{id?}',
      handler: (hub, call) => start(hub, call, options),
    },
    { method: 'GET', path: 'instances', handler: list },
    { method: 'DELETE', path: 'instances', handler: purgeMany },
    { method: 'GET', path: 'instances/{id}', handler: status },
    { method: 'DELETE', path: 'instances/{id}', handler: purge },
    {
      method: 'POST',
      path: 'instances/{id}/raiseEvent/{event}',
      handler: (hub, call) => raiseEvent(hub, call, options),
    },
    control('suspend', () => ({ kind: 'suspend' })),
    control('resume', () => ({ kind: 'resume' })),
    control('terminate', ({ query }) => ({
      kind: 'terminate',
      reason: query.get('reason') ?? '',
    })),
    {
      method: 'POST',
      path: 'instances/{id}/rewind',
      handler: () => Promise.resolve({ status: 501, body: 'Rewind is not supported.' }),
    },
    {
      method: 'POST',
      path: 'instances/{id}/restart',
      handler: (hub, call) => restart(hub, call, newId),
    },
  ];
}

/** Ids that no orchestration may have: entities begin with `@`, the others are no parts of a path. */
const idPattern = /^[^@/\\#?\p{Cc}][^/\\#?\p{Cc}]*$/u;

async function start(
  hub: Hub,
  call: RpcCall,
  { newId, hasOrchestrator }: OrchestrationRoutesOptions,
): Promise<RpcReply> {
  const { parameters, query, body } = call;
  const { name = '', id = newId().replaceAll('-', '') } = parameters;
  const input = readJson(body);
  if (!input.ok) return badRequest('The input is not JSON.');
  if (!hasOrchestrator(name)) return badRequest(`The orchestrator function '${name}' is unknown.`);
  if (!isPossibleId(id)) return badRequest(`'${id}' cannot be the id of an instance.`);
  const version = query.get('version') ?? undefined;
  const request = { instanceId: id, name, version, input: input.text };
  if ((await hub.start(request)) === 'started') return started(call, id);
  return { status: 409, body: `An orchestration with the id '${id}' is running already.` };
}

function isPossibleId(id: string): boolean {
  return idPattern.test(id) && id.length <= maxInstanceIdLength;
}

function started({ origin, query }: RpcCall, id: string): RpcReply {
  const required = `taskHub=${query.get('taskHub') ?? ''}&connection=Storage`;
  return { status: 202, body: managementUrls(`${origin}${rpcPrefix}`, id, required) };
}

async function restart(hub: Hub, call: RpcCall, newId: () => string): Promise<RpcReply> {
  const { parameters, query } = call;
  const existing = await hub.find(parameters['id'] ?? '');
  if (existing === undefined) return notFound;
  const isSameId = query.get('restartWithNewInstanceId') === 'false';
  const { name, version, input } = existing;
  const instanceId = isSameId ? existing.instanceId : newId().replaceAll('-', '');
  const outcome = await hub.start({ instanceId, name, version, input });
  return outcome === 'started' ? started(call, instanceId) : { status: 409 };
}

async function raiseEvent(
  hub: Hub,
  { parameters, body }: RpcCall,
  { newId, warn }: OrchestrationRoutesOptions,
): Promise<RpcReply> {
  const { id = '', event: name = '' } = parameters;
  const input = readJson(body);
  if (!input.ok) return badRequest('The event is not JSON.');
  const message = { kind: 'eventRaised', messageId: newId(), name, input: input.text } as const;
  const reply = receptionReply(await hub.post(id, message));
  if (reply.status === 410) {
    warn(`The event "${name}" for "${id}" is lost, as that has ended: the SDK reports success.`);
  }
  return reply;
}

async function tell(hub: Hub, { parameters }: RpcCall, message: Message): Promise<RpcReply> {
  return receptionReply(await hub.post(parameters['id'] ?? '', message));
}

function receptionReply(reception: 'accepted' | 'gone' | 'unknown'): RpcReply {
  switch (reception) {
    case 'accepted':
      return { status: 202 };
    case 'gone':
      return { status: 410 };
    case 'unknown':
      return notFound;
  }
}

async function status(hub: Hub, { parameters, query }: RpcCall): Promise<RpcReply> {
  const instance = await hub.find(parameters['id'] ?? '');
  if (instance === undefined) return notFound;
  const report = toStatusReport(instance, query.get('showInput') !== 'false');
  if (query.get('showHistory') !== 'true') return statusReply(instance, report);
  const historyEvents = await hub.history(instance);
  return statusReply(instance, { ...report, historyEvents });
}

async function list(hub: Hub, { query }: RpcCall): Promise<RpcReply> {
  const filter = readFilter(query);
  if (filter === undefined) return badRequest('The filter cannot be read.');
  const instances = await hub.list(filter);
  const showInput = query.get('showInput') === 'true';
  return { status: 200, body: instances.map((each) => toStatusReport(each, showInput)) };
}

async function purge(hub: Hub, { parameters }: RpcCall): Promise<RpcReply> {
  const isPurged = await hub.purge(parameters['id'] ?? '');
  return isPurged ? { status: 200, body: { instancesDeleted: 1 } } : notFound;
}

async function purgeMany(hub: Hub, { query }: RpcCall): Promise<RpcReply> {
  const filter = readFilter(query);
  if (filter === undefined) return badRequest('The filter cannot be read.');
  let instancesDeleted = 0;
  for (const instance of await hub.list(filter)) {
    if (isFinished(instance) && (await hub.purge(instance.instanceId))) instancesDeleted += 1;
  }
  return instancesDeleted === 0 ? notFound : { status: 200, body: { instancesDeleted } };
}

/** Undefined if a word of it means nothing. */
function readFilter(query: URLSearchParams): InstanceFilter | undefined {
  const words = (query.get('runtimeStatus') ?? '').split(',').filter((word) => word !== '');
  const statuses = words.map((word) => runtimeStatuses.find((known) => known === word));
  const dates = ['createdTimeFrom', 'createdTimeTo'].map((key) => readDate(query.get(key)));
  const isSound = !statuses.includes(undefined) && !dates.includes('unreadable');
  if (!isSound) return undefined;
  const [createdFrom, createdTo] = dates.map((date) => (date instanceof Date ? date : undefined));
  const known = statuses.filter((each): each is RuntimeStatus => each !== undefined);
  return { statuses: known, createdFrom, createdTo };
}

function readDate(text: string | null): Date | 'unreadable' | undefined {
  if (text === null || text === '') return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? 'unreadable' : date;
}

const notFound: RpcReply = { status: 404, body: 'There is no such instance.' };
