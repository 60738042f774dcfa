import type { ContainerClient } from '@azure/storage-blob';
import { AppError } from '../kernel/app-error.ts';
import type { PayloadRemoval, PayloadStore } from '../ports/payloads.ts';

/** Names are made by this application: segments of plain characters, none of them `..`. */
const namePattern = /^[A-Za-z0-9_=-][A-Za-z0-9._=-]*(\/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*$/;

/**
 * Payloads as blobs of one container, which is created when it is first missing. A reference is
 * `container/name`; one that names another container, or a blob that is gone, is refused for good
 * (`storage.unexpected_answer`, permanent).
 */
export function createBlobPayloadStore(container: ContainerClient): PayloadStore & PayloadRemoval {
  const prefix = `${container.containerName}/`;
  return {
    put: async (name, bytes) => {
      if (!namePattern.test(name)) throw refusal('bug', 'A payload name is not plain text.');
      await orUnavailable(() => putIfAbsent(container, name, bytes));
      return prefix + name;
    },
    get: async (reference) => {
      const name = nameIn(reference, prefix);
      const bytes = await orUnavailable(() => getIfPresent(container, name));
      if (bytes !== undefined) return bytes;
      throw refusal('storage.unexpected_answer', 'A payload is no longer there.');
    },
    remove: async (reference) => {
      const name = nameIn(reference, prefix);
      await orUnavailable(() => container.getBlockBlobClient(name).deleteIfExists());
    },
  };
}

function nameIn(reference: string, prefix: string): string {
  const name = reference.startsWith(prefix) ? reference.slice(prefix.length) : '';
  if (namePattern.test(name)) return name;
  throw refusal('storage.unexpected_answer', 'A payload reference is none of ours.');
}

async function putIfAbsent(
  container: ContainerClient,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const put = (): Promise<unknown> =>
    container.getBlockBlobClient(name).upload(bytes, bytes.byteLength, {
      conditions: { ifNoneMatch: '*' },
      blobHTTPHeaders: { blobContentType: 'application/octet-stream' },
    });
  const missing = await orCode(put(), ['BlobAlreadyExists', 'ContainerNotFound']);
  if (missing !== 'ContainerNotFound') return;
  await container.createIfNotExists();
  await orCode(put(), ['BlobAlreadyExists']);
}

async function getIfPresent(
  container: ContainerClient,
  name: string,
): Promise<Uint8Array | undefined> {
  try {
    return await container.getBlockBlobClient(name).downloadToBuffer();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The answer, or the error code that is an outcome here and not a failure. */
async function orCode<Answer, const Code extends string>(
  answer: Promise<Answer>,
  codes: readonly Code[],
): Promise<Answer | Code> {
  try {
    return await answer;
  } catch (error) {
    const code = codes.find((known) => known === codeOf(error));
    if (code === undefined) throw error;
    return code;
  }
}

async function orUnavailable<Answer>(request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (cause) {
    throw new AppError('storage.unavailable', 'Blob Storage did not answer a payload request.', {
      kind: 'transient',
      cause,
      details: { code: codeOf(cause) },
    });
  }
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' && code !== '' ? code : undefined;
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'statusCode' in error
    ? error.statusCode
    : undefined;
}

function refusal(code: 'bug' | 'storage.unexpected_answer', message: string): AppError {
  return new AppError(code, message, { kind: 'permanent' });
}
