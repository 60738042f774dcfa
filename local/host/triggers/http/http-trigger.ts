import type { HostServices, Listener, TriggeredFunction, TriggerKind } from '../trigger-kind.ts';
import type { TypedData } from '../../core/contract.ts';
import { parseTraceParent } from '../../invocation/trace-parent.ts';
import { ofJson, ofText } from '../../invocation/typed-data.ts';
import { BodyTooLargeError, plainHeaders, readBody } from './http-request.ts';
import { toHttpData } from './http-request.ts';
import { sendHttpData, sendText } from './http-response.ts';
import type { HttpExchange } from './http-routes.ts';
import { streamExchange } from './http-stream.ts';
import { parseRouteTemplate } from './route-template.ts';

/** HTTP functions. `authLevel` is accepted and not asked for, as in Core Tools. */
export const httpTriggerKind: TriggerKind = {
  type: 'httpTrigger',
  prepare(target, options, services): Listener {
    const route = options.text('route') ?? target.definition.name;
    const methods = options.texts('methods') ?? ['GET', 'POST'];
    const template = parseRouteTemplate(`${services.hostJson.routePrefix}/${route}`);
    if (!template.ok) options.add('route', template.problem, 'Write a route that it can match');
    return {
      start: () => {
        if (template.ok) {
          services.routes.add({
            name: target.definition.name,
            template: template.value,
            methods: methods.map((method) => method.toUpperCase()),
            handle: (exchange) => handle(exchange, target, services),
          });
        }
        return Promise.resolve();
      },
      // The server stops taking requests for all functions at once.
      stop: () => Promise.resolve(),
    };
  },
};

function handle(
  exchange: HttpExchange,
  target: TriggeredFunction,
  services: HostServices,
): Promise<void> {
  const { httpStreamUri: uri } = services;
  if (uri === undefined) return handleWhole(exchange, target);
  const { name } = target.definition;
  const invocationId = services.newId();
  const { request, parameters } = exchange;
  const metadata: Record<string, TypedData> = { Headers: ofJson(plainHeaders(request)) };
  for (const [key, value] of Object.entries(parameters)) metadata[key] = ofText(value);
  const traceParent = parseTraceParent(request.headers['traceparent']);
  return streamExchange(exchange, {
    uri,
    invocationId,
    functionName: name,
    invoke: () => target.invoke({ data: { http: {} }, metadata, traceParent, invocationId }),
  });
}

async function handleWhole(exchange: HttpExchange, target: TriggeredFunction): Promise<void> {
  const { request, response, parameters } = exchange;
  let body: Buffer;
  try {
    body = await readBody(request);
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error;
    sendText(response, 413, error.message);
    return;
  }
  const data = { http: toHttpData(request, parameters, body) };
  const traceParent = parseTraceParent(request.headers['traceparent']);
  const outcome = await target.invoke({ data, metadata: {}, traceParent });
  if (outcome.ok) sendHttpData(response, outcome.value.returnValue?.http);
  else sendText(response, 500, `Function "${target.definition.name}" failed.`);
}
