import { AppError } from '../../shared/kernel/app-error.ts';
import type { PayloadStore } from '../../shared/ports/payloads.ts';

export interface FakePayloadStore extends PayloadStore {
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

/** Payloads in memory, with the semantics of the port. */
export function createFakePayloadStore(): FakePayloadStore {
  const blobs = new Map<string, Uint8Array>();
  return {
    blobs,
    put: (name, bytes) => {
      const reference = `payloads/${name}`;
      if (!blobs.has(reference)) blobs.set(reference, bytes);
      return Promise.resolve(reference);
    },
    get: (reference) => {
      const bytes = blobs.get(reference);
      if (bytes !== undefined) return Promise.resolve(bytes);
      const code = 'storage.unexpected_answer';
      return Promise.reject(new AppError(code, 'gone', { kind: 'permanent' }));
    },
  };
}
