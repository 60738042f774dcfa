import type { IncomingMessage } from 'node:http';
import type { Role, DurableService } from '../engine/durable-service.ts';
import type { Hub } from '../engine/hub.ts';
import { readBody } from '../../triggers/http/http-request.ts';
import type { HttpExchange, HttpRoute } from '../../triggers/http/http-routes.ts';
import { parseRouteTemplate } from '../../triggers/http/route-template.ts';
import { setTimeout as delay } from 'node:timers/promises';

/** One call of the client, read whole. */
export interface RpcCall {
  /** Origin at which the caller has reached this host. */
  readonly origin: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface RpcReply {
  readonly status: number;
  /** Sent as JSON, unless it is undefined. */
  readonly body?: unknown;
}

/** Answers a call, at the host that looks after the hub. */
type RpcHandler = (hub: Hub, call: RpcCall) => Promise<RpcReply>;

/** All that the client asks for lies beneath this path. */
export const rpcPrefix = '/runtime/webhooks/durabletask';

const maxAttempts = 40;
const retryMs = 250;

export interface RpcRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Beneath the prefix. */
  readonly path: string;
  readonly handler: RpcHandler;
}

/** The route of a call that any host of the hub takes, and one of them answers. */
export function toHttpRoute(service: DurableService, route: RpcRoute): HttpRoute {
  return plainRoute(route, async ({ request, response, parameters }) => {
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
    const call = { origin: url.origin, parameters, query: url.searchParams, body: String(body) };
    const reply = await answer(service, {
      here: (hub) => route.handler(hub, call),
      there: (origin) => forward(request, `${origin}${url.pathname}${url.search}`, call.body),
    });
    const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(text);
  });
}

/** A route beneath the prefix. */
export function plainRoute(
  { method, path }: Pick<RpcRoute, 'method' | 'path'>,
  handle: (exchange: HttpExchange) => Promise<void>,
): HttpRoute {
  const template = parseRouteTemplate(`${rpcPrefix}/${path}`);
  if (!template.ok) throw new Error(template.problem);
  return { name: 'Durable', template: template.value, methods: [method], handle };
}

interface Ways {
  readonly here: (hub: Hub) => Promise<RpcReply>;
  readonly there: (origin: string) => Promise<RpcReply>;
}

/** The hub may change hands while a call is under way: it then goes to the next host. */
async function answer(service: DurableService, ways: Ways): Promise<RpcReply> {
  for (let attempt = 1; ; attempt += 1) {
    const role = await service.role();
    try {
      return role.kind === 'owner' ? await ways.here(role.hub) : await ways.there(role.url);
    } catch (error) {
      if (attempt === maxAttempts || isOwnFault(role)) throw error;
      await delay(retryMs);
    }
  }
}

/** As long as the hub is this host's, it is no use to ask again. */
function isOwnFault(role: Role): boolean {
  return role.kind === 'owner' && !role.hub.isLost;
}

async function forward(request: IncomingMessage, url: string, body: string): Promise<RpcReply> {
  const method = request.method ?? 'GET';
  const reply = await fetch(url, { method, ...(method === 'POST' && { body }) });
  const text = await reply.text();
  const content: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: reply.status, body: content };
}
