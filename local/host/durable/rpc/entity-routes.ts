import { toEntityInstanceId } from '../entities/entity-id.ts';
import type { Hub } from '../engine/hub.ts';
import { maxInstanceIdLength } from '../storage/partition-key.ts';
import { badRequest, readJson } from './json-body.ts';
import type { RpcCall, RpcReply, RpcRoute } from './rpc-exchange.ts';

/** What the client asks of entities. */
export function entityRoutes(hasEntity: (name: string) => boolean): RpcRoute[] {
  const path = 'entities/{name}/{key}';
  return [
    { method: 'POST', path, handler: (hub, call) => signal(hub, call, hasEntity) },
    { method: 'GET', path, handler: read },
  ];
}

async function signal(
  hub: Hub,
  { parameters, query, body }: RpcCall,
  hasEntity: (name: string) => boolean,
): Promise<RpcReply> {
  const { name = '', key = '' } = parameters;
  if (!hasEntity(name)) return badRequest(`The entity function '${name}' is unknown.`);
  const target = toEntityInstanceId(name, key);
  const input = readJson(body);
  if (!input.ok || target.length > maxInstanceIdLength) {
    return badRequest('The input is not JSON, or the key is too long.');
  }
  await hub.entities.signal({ target, operation: query.get('op') ?? '', input: input.text });
  return { status: 202 };
}

async function read(hub: Hub, { parameters }: RpcCall): Promise<RpcReply> {
  const { name = '', key = '' } = parameters;
  const found = await hub.entities.find(toEntityInstanceId(name, key));
  if (found === undefined) return { status: 404 };
  const value: unknown = found.state === null ? null : JSON.parse(found.state);
  return { status: 200, body: value };
}
