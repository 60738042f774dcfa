import { buffer } from 'node:stream/consumers';
import { RestError, type ContainerClient } from '@azure/storage-blob';
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

/**
 * Objects as blobs below `root` of a container: Azure Blob Storage, ADLS Gen2 and OneLake by their
 * blob endpoints. An object is one Put Blob, never a block list, so that it appears whole.
 */
export function createAzureObjectStore(
  container: ContainerClient,
  options: { readonly root: string; readonly onRequest?: (kind: RequestKind) => void },
): ObjectStore {
  const { root } = options;
  const send = async <Answer>(kind: RequestKind, name: string, call: () => Promise<Answer>) => {
    options.onRequest?.(kind);
    try {
      return await call();
    } catch (error) {
      throw toAppError(error, { kind, name });
    }
  };
  const blob = (name: string) => container.getBlockBlobClient(root + name);
  return {
    putIfAbsent: (name, bytes) =>
      send('put', name, async () => {
        const conditions = { ifNoneMatch: '*' };
        const upload = blob(name).upload(bytes, bytes.byteLength, { conditions });
        return upload.then((answer) => ({ created: true, at: timeOf(answer.date) }), asTaken);
      }),
    put: (name, bytes) =>
      send('put', name, async () => {
        const answer = await blob(name).upload(bytes, bytes.byteLength);
        return { at: timeOf(answer.date) };
      }),
    get: (name) => send('get', name, () => download(container, root + name).catch(asMissing)),
    list: (prefix) => send('list', prefix, () => listAll(container, root, prefix)),
    listFolders: (prefix) => send('list', prefix, () => listFolders(container, root + prefix)),
    delete: (name) =>
      send('delete', name, async () => {
        await blob(name).deleteIfExists();
      }),
  };
}

async function download(container: ContainerClient, name: string): Promise<FoundObject> {
  const answer = await container.getBlobClient(name).download();
  const stream = answer.readableStreamBody;
  if (stream === undefined) throw new Error('a download without a body');
  const bytes = await buffer(stream);
  return { found: true, bytes, at: timeOf(answer.date), modifiedAt: timeOf(answer.lastModified) };
}

async function listAll(container: ContainerClient, root: string, prefix: string) {
  const objects: ListedObject[] = [];
  let at: EpochMs | undefined;
  const pages = container.listBlobsFlat({ prefix: root + prefix, includeMetadata: true }).byPage();
  for await (const page of pages) {
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
  return { objects, at: timeOf(at === undefined ? undefined : new Date(at)) };
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
    codes.has(error.code ?? '')
  );
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
  const code = error instanceof RestError ? error.code : undefined;
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
