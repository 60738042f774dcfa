import type { ServerResponse } from 'node:http';
import type { HttpData } from '../../core/contract.ts';
import { formatSetCookie } from './set-cookie.ts';

/** Headers that describe one connection: the server sets its own. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** Answers with what the function has returned; nothing returned is 204, as in the real host. */
export function sendHttpData(response: ServerResponse, data: HttpData | null | undefined): void {
  if (data === null || data === undefined) {
    response.writeHead(204).end();
    return;
  }
  response.statusCode = Number(data.statusCode ?? 200);
  response.setHeaders(replyHeaders(data));
  response.end(data.body?.bytes ?? '');
}

function replyHeaders(data: HttpData): Headers {
  const headers = new Headers();
  for (const [key, value] of Object.entries(data.headers ?? {})) {
    if (!hopByHop.has(key.toLowerCase())) headers.set(key, value);
  }
  for (const cookie of data.cookies ?? []) headers.append('set-cookie', formatSetCookie(cookie));
  return headers;
}

/** Answers with a line of text; does nothing if an answer has begun. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) {
    if (name !== 'allow') response.removeHeader(name);
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
