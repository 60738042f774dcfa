import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';
import { parseRuntimeFile } from '../runtime-file-codec.ts';
import { parseAnswer, toProblem } from './answers-codec.ts';
import type { Access } from './dlq-options.ts';

/** Asks the application. Errors: `CommandError`, for whatever it does not answer as hoped. */
export interface DlqClient {
  get(path: string, query?: Readonly<Record<string, string | undefined>>): Promise<Answer>;
  post(path: string, body: object, ifMatch?: string): Promise<Answer>;
  /** The body of an answer of any length, piece by piece. */
  stream(path: string, query: Readonly<Record<string, string>>): Promise<AsyncIterable<Uint8Array>>;
}

export interface Answer {
  readonly value: unknown;
  readonly etag: string | null;
}

export function openDlqClient(access: Access): DlqClient {
  const base = `${access.url ?? urlOfRuntime(access.dataFolder)}/api/dead-letters`;
  const standing = headersOf(access);
  const send = async (url: string, init: Sent = {}): Promise<Response> => {
    const headers = { ...standing, ...init.headers };
    const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
      throw unreachable(base, error);
    });
    if (response.ok) return response;
    throw refused(response.status, await response.text());
  };
  return {
    get: async (path, query = {}) => {
      const given = Object.entries(query).filter((pair) => pair[1] !== undefined);
      return readAnswer(await send(`${base}${path}${toQuery(given)}`));
    },
    post: async (path, body, ifMatch) => {
      const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
      const init = { method: 'POST', body: JSON.stringify(body), headers };
      return readAnswer(await send(`${base}${path}`, init));
    },
    stream: async (path, query) => {
      const { body } = await send(`${base}${path}${toQuery(Object.entries(query))}`);
      return body === null ? noPieces() : whole(body);
    },
  };
}

interface Sent {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function headersOf({ functionKey, token, by }: Access): Record<string, string> {
  return {
    'content-type': 'application/json',
    // A header takes no other characters.
    'x-ms-client-principal-name': by.replaceAll(/[^\x20-\x7e]/g, '?'),
    ...(functionKey !== undefined && { 'x-functions-key': functionKey }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

function toQuery(pairs: readonly (readonly [string, string | undefined])[]): string {
  const query = new URLSearchParams();
  for (const [name, value] of pairs) query.set(name, value ?? '');
  return query.size === 0 ? '' : `?${query.toString()}`;
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const value = parseAnswer(text);
  if (value !== undefined) return { value, etag: response.headers.get('etag') };
  throw new CommandError(
    `--url: the answer of ${new URL(response.url).origin} is no JSON. Is it this application?`,
  );
}

async function* whole(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch {
    throw new CommandError('The answer broke off: what was written is not complete. Try again.');
  }
}

async function* noPieces(): AsyncIterable<Uint8Array> {
  // An answer without a body.
}

function urlOfRuntime(dataFolder: string): string {
  const path = join(dataFolder, 'runtime.json');
  const runtime = existsSync(path) ? parseRuntimeFile(readFileSync(path, 'utf8')) : undefined;
  if (runtime?.http !== undefined) return runtime.http;
  throw new CommandError(
    `--data = ${dataFolder}: no runtime has its address there. Start it (npm start), or name the application: --url URL.`,
    2,
  );
}

function unreachable(base: string, error: unknown): CommandError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const url = new URL(base).origin;
  return new CommandError(
    `--url = ${url}: no answer (${reason}). Start the runtime (npm start), or name another address.`,
  );
}

function refused(status: number, text: string): CommandError {
  const { title, detail, remedy } = toProblem(parseAnswer(text));
  if (title !== undefined && detail !== undefined && remedy !== undefined) {
    return new CommandError(`${title} (${status}). ${detail} ${remedy}`);
  }
  const advice =
    status === 401
      ? 'Give the function key: --key KEY or BRONZEFLOW_KEY.'
      : 'Is it this application? Its log says more.';
  return new CommandError(`The application answered ${status}. ${advice}`);
}
