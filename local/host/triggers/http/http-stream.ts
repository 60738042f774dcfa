import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { InvocationOutcome } from '../../invocation/invoker.ts';
import { plainHeaders, requestHost } from './http-request.ts';
import { sendHttpData, sendText } from './http-response.ts';
import type { HttpExchange } from './http-routes.ts';

/** How long an answer may take on its way from the library, once the function has returned. */
const answerGraceMs = 1000;

export interface StreamedCall {
  /** Where the library's own HTTP server listens. */
  readonly uri: URL;
  readonly invocationId: string;
  readonly functionName: string;
  invoke(): Promise<InvocationOutcome>;
}

/**
 * Runs one streamed HTTP invocation: the raw request goes to the library's own server while the
 * invocation of the same id runs beside it, and the answer comes back on that request.
 */
export async function streamExchange(exchange: HttpExchange, call: StreamedCall): Promise<void> {
  const { request, response } = exchange;
  const proxied = forward(request, call);
  response.once('close', () => proxied.destroy());
  const answer = relayAnswer(proxied, exchange);
  const outcome = await call.invoke();
  if (!outcome.ok) {
    // The library answers nothing after an error: without this the caller would wait for ever.
    proxied.destroy();
    await answer;
    sendText(response, 500, `Function "${call.functionName}" failed.`);
    return;
  }
  const isAnswered = await Promise.race([answer, delay(answerGraceMs, false)]);
  if (isAnswered || response.headersSent) return;
  proxied.destroy();
  sendHttpData(response, undefined);
}

function forward(request: IncomingMessage, { uri, invocationId }: StreamedCall): ClientRequest {
  const proxied = httpRequest({
    hostname: uri.hostname,
    port: uri.port,
    method: request.method,
    path: request.url,
    headers: {
      ...plainHeaders(request),
      'x-ms-invocation-id': invocationId,
      'x-forwarded-host': requestHost(request),
      'x-forwarded-proto': 'http',
    },
  });
  // Whoever waits for the answer is told; an error after it must not end the process.
  proxied.on('error', () => undefined);
  request.pipe(proxied);
  return proxied;
}

/** Resolves with whether an answer came. */
async function relayAnswer(proxied: ClientRequest, { response }: HttpExchange): Promise<boolean> {
  try {
    const answer = await firstResponse(proxied);
    response.writeHead(answer.statusCode ?? 200, answer.headers);
    await pipeline(answer, response);
    return true;
  } catch {
    // Either side has gone: the caller no longer listens, or the invocation has failed.
    return false;
  }
}

async function firstResponse(proxied: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  proxied.once('response', resolve);
  once(proxied, 'close').then(() => {
    reject(new Error('The app gave no answer.'));
  }, reject);
  return promise;
}
