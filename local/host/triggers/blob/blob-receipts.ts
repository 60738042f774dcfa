import { createHash } from 'node:crypto';
import { hasStatus } from '../../storage/blob-service.ts';
import type { HostStorage } from '../../storage/host-storage.ts';

/** One version of a blob. */
export interface BlobVersion {
  readonly container: string;
  readonly name: string;
  readonly etag: string;
}

/** Remembers which versions of blobs a function is done with, over restarts and hosts. */
export class BlobReceipts {
  readonly #storage: HostStorage;
  readonly #folder: string;
  /** Saves asking the storage again at each scan. */
  readonly #known = new Set<string>();

  constructor(storage: HostStorage, hostId: string, functionName: string) {
    this.#storage = storage;
    this.#folder = `blobreceipts/${hostId}/Host.Functions.${functionName}`;
  }

  async has(version: BlobVersion): Promise<boolean> {
    const path = this.#pathOf(version);
    if (this.#known.has(path)) return true;
    const exists = await (await this.#storage.hostBlob(path)).exists();
    if (exists) this.#known.add(path);
    return exists;
  }

  async add(version: BlobVersion): Promise<void> {
    const path = this.#pathOf(version);
    const text = JSON.stringify(version);
    const blob = await this.#storage.hostBlob(path);
    try {
      const conditions = { ifNoneMatch: '*' };
      await blob.upload(text, Buffer.byteLength(text), { conditions });
    } catch (error) {
      // 409: another host has written it.
      if (!hasStatus(error, 409)) throw error;
    }
    this.#known.add(path);
  }

  /** Hashed, because a name may be as long as a path may be. */
  #pathOf({ container, name, etag }: BlobVersion): string {
    const key = JSON.stringify([container, name, etag]);
    return `${this.#folder}/${createHash('sha256').update(key).digest('hex')}`;
  }
}
