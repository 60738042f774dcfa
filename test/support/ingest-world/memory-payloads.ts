import type { PayloadStore } from '../../../shared/ports/payloads.ts';

/** Payload blobs in memory. */
export interface MemoryPayloads extends PayloadStore {
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

export function createMemoryPayloads(): MemoryPayloads {
  const blobs = new Map<string, Uint8Array>();
  return {
    blobs,
    put: (name, bytes) => {
      blobs.set(name, Uint8Array.from(bytes));
      return Promise.resolve(`memory:${name}`);
    },
    get: (reference) => {
      const bytes = blobs.get(reference.slice('memory:'.length));
      return bytes === undefined
        ? Promise.reject(new Error(`no blob ${reference}`))
        : Promise.resolve(bytes);
    },
  };
}
