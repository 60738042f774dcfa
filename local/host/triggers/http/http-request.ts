import type { IncomingMessage } from 'node:http';
import type { HttpData } from '../../core/contract.ts';
import type { RouteParameters } from './route-template.ts';

/** The largest body that is read into memory, as the real host's default. */
const maxBodyBytes = 100 * 1024 * 1024;

/** The body is larger than the host takes. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** Reads the body whole. Errors: `BodyTooLargeError` above 100 MiB. */
export async function readBody(request: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) throw new BodyTooLargeError(`The body exceeds ${maxBodyBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A request as the host sends it to the app. */
export function toHttpData(
  request: IncomingMessage,
  parameters: RouteParameters,
  body: Buffer,
): HttpData {
  const url = requestUrl(request);
  const query = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(url.slice(url.indexOf('?') + 1))) {
    const earlier = query.get(key);
    query.set(key, earlier === undefined ? value : `${earlier},${value}`);
  }
  return {
    method: request.method ?? 'GET',
    url,
    nullableHeaders: toNullableMap(Object.entries(plainHeaders(request))),
    nullableQuery: url.includes('?') ? toNullableMap([...query]) : {},
    nullableParams: toNullableMap(Object.entries(parameters)),
    body: body.length === 0 ? null : { bytes: body },
  };
}

/** Each header once, repeated ones joined. */
export function plainHeaders(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, Array.isArray(value) ? value.join(', ') : value]],
  );
  return Object.fromEntries(entries);
}

export function requestHost(request: IncomingMessage): string {
  return request.headers.host ?? '127.0.0.1';
}

function requestUrl(request: IncomingMessage): string {
  return `http://${requestHost(request)}${request.url ?? '/'}`;
}

function toNullableMap(
  entries: readonly (readonly [string, string])[],
): Record<string, { value: string }> {
  return Object.fromEntries(entries.map(([key, value]) => [key, { value }]));
}
