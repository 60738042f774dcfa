import { buffer } from 'node:stream/consumers';
import { RestError, type BlobClient, type ContainerClient } from '@azure/storage-blob';
import { AppError } from '../kernel/app-error.ts';
import { epochMs, type EpochMs } from '../kernel/time.ts';
import type { FoundObject, ListedObject, ObjectStore, StoreAnswer } from './object-store.ts';

/** The kinds of request that a store sends, for counting. */
export type RequestKind = 'put' | 'get' | 'list' | 'delete';

/** Codes that say "taken" to a conditional create; services differ in which one they give. */
const takenCodes: ReadonlySet<string> = new Set([
  'BlobAlreadyExists',
  'PathAlreadyExists',
  'ConditionNotMet',
]);

/** Codes of 404 that mean the object alone is missing, not its container. */
const missingCodes: ReadonlySet<string> = new Set([
  'BlobNotFound',
  'PathNotFound',
  'ResourceNotFound',
]);

/** Longest time for one request with its retries; a connection may die without a word. */
const defaultTimeoutMs = 120_000;

export interface AzureObjectStoreOptions {
  /** Folder in the container, ending in `/`, or the empty text. */
  readonly root: string;
  /** Called once for each request, retries of the SDK apart. */
  readonly onRequest?: (kind: RequestKind) => void;
  readonly timeoutMs?: number;
}

/**
 * Objects as blobs below `root` of a container: Azure Blob Storage, ADLS Gen2 and OneLake by their
 * blob endpoints. An object is one Put Blob, never a block list, so that it appears whole.
 */
export function createAzureObjectStore(
  container: ContainerClient,
  options: AzureObjectStoreOptions,
): ObjectStore {
  const { root } = options;
  const send = sender(options);
  const blob = (name: string) => container.getBlockBlobClient(root + name);
  return {
    putIfAbsent: (name, bytes) =>
      send('put', name, async (abortSignal) => {
        const conditions = { ifNoneMatch: '*' };
        const upload = blob(name).upload(bytes, bytes.byteLength, { conditions, abortSignal });
        return upload.then((answer) => ({ created: true, at: timeOf(answer.date) }), asTaken);
      }),
    put: (name, bytes) =>
      send('put', name, async (abortSignal) => {
        const answer = await blob(name).upload(bytes, bytes.byteLength, { abortSignal });
        return { at: timeOf(answer.date) };
      }),
    get: (name) =>
      send('get', name, (abortSignal) => download(blob(name), abortSignal).catch(asMissing)),
    list: (prefix) =>
      send('list', prefix, (abortSignal) => listAll(container, { root, prefix, abortSignal })),
    listFolders: (prefix) => send('list', prefix, () => listFolders(container, root + prefix)),
    delete: (name) =>
      send('delete', name, async (abortSignal) => {
        await blob(name).deleteIfExists({ abortSignal });
      }),
  };
}

/** Counts each request, limits its time, and gives its failure our form. */
function sender({ onRequest, timeoutMs = defaultTimeoutMs }: AzureObjectStoreOptions) {
  return async <Answer>(
    kind: RequestKind,
    name: string,
    call: (abortSignal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    onRequest?.(kind);
    try {
      return await call(AbortSignal.timeout(timeoutMs));
    } catch (error) {
      throw toAppError(error, { kind, name });
    }
  };
}

async function download(blob: BlobClient, abortSignal: AbortSignal): Promise<FoundObject> {
  const answer = await blob.download(0, undefined, { abortSignal });
  const stream = answer.readableStreamBody;
  if (stream === undefined) throw new Error('a download without a body');
  const bytes = await buffer(stream);
  return { found: true, bytes, at: timeOf(answer.date), modifiedAt: timeOf(answer.lastModified) };
}

async function listAll(
  container: ContainerClient,
  want: { readonly root: string; readonly prefix: string; readonly abortSignal: AbortSignal },
) {
  const { root, prefix, abortSignal } = want;
  const objects: ListedObject[] = [];
  let at: EpochMs | undefined;
  const listing = container.listBlobsFlat({
    prefix: root + prefix,
    includeMetadata: true,
    abortSignal,
  });
  for await (const page of listing.byPage()) {
    at ??= timeOf(page.date);
    for (const { name, properties, metadata } of page.segment.blobItems) {
      objects.push({
        name: name.slice(root.length),
        sizeBytes: properties.contentLength ?? 0,
        modifiedAt: timeOf(properties.lastModified),
        isFolder: metadata?.['hdi_isfolder'] === 'true',
      });
    }
  }
  return { objects, at: at ?? timeOf(undefined) };
}

async function listFolders(container: ContainerClient, prefix: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for await (const item of container.listBlobsByHierarchy('/', { prefix })) {
    if (item.kind === 'prefix') folders.push(item.name.slice(prefix.length).replace(/\/$/, ''));
  }
  return folders;
}

function asTaken(error: unknown): StoreAnswer & { readonly created: boolean } {
  if (isAnswer(error, [409, 412], takenCodes)) return { created: false, at: answerTime(error) };
  throw error;
}

function asMissing(error: unknown): FoundObject {
  if (isAnswer(error, [404], missingCodes)) return { found: false, at: answerTime(error) };
  throw error;
}

function isAnswer(
  error: unknown,
  statuses: readonly number[],
  codes: ReadonlySet<string>,
): error is RestError {
  return (
    error instanceof RestError &&
    statuses.includes(error.statusCode ?? 0) &&
    codes.has(codeOf(error) ?? '')
  );
}

/** The header is always there; the body may be empty, or JSON that the SDK does not read. */
function codeOf(error: RestError): string | undefined {
  return error.response?.headers.get('x-ms-error-code') ?? error.code;
}

function answerTime(error: RestError): EpochMs {
  const date = error.response?.headers.get('date');
  return timeOf(date === undefined ? undefined : new Date(date));
}

/** Without the store's own time, nothing can be said about the age of what we know. */
function timeOf(date: Date | undefined): EpochMs {
  const ms = date?.getTime() ?? Number.NaN;
  if (Number.isNaN(ms)) {
    throw new AppError('storage.unexpected_answer', 'The lake answered without a date', {
      kind: 'permanent',
    });
  }
  return epochMs(ms);
}

function toAppError(
  error: unknown,
  request: { readonly kind: RequestKind; readonly name: string },
): unknown {
  if (error instanceof AppError) return error;
  const status = error instanceof RestError ? error.statusCode : undefined;
  const code = error instanceof RestError ? codeOf(error) : undefined;
  const details = { request: request.kind, name: request.name, status, code };
  const isRefusal = status !== undefined && status >= 400 && status < 500 && !isPassing(status);
  return isRefusal
    ? new AppError(
        'storage.unexpected_answer',
        `The lake refused ${request.kind}: ${String(code)}`,
        {
          kind: 'permanent',
          cause: error,
          details,
        },
      )
    : new AppError('lake.unavailable', `The lake did not answer ${request.kind}`, {
        kind: 'transient',
        cause: error,
        details,
      });
}

/** Time-out, throttling, and what an operator repairs while we wait: credentials and permissions. */
function isPassing(status: number): boolean {
  return [401, 403, 408, 429].includes(status);
}
