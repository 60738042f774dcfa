import type { ContainerClient } from '@azure/storage-blob';

interface StoredFile {
  /** Relative to the table's root, not URI-encoded. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** What the checker needs of a store: nothing that a writer could share. */
export interface TableFiles {
  list(): Promise<readonly StoredFile[]>;
  get(path: string): Promise<Uint8Array>;
}

/** The files of a table in a blob container, `prefix` being its root folder without final slash. */
export function blobTableFiles(container: ContainerClient, prefix: string): TableFiles {
  return {
    async list() {
      const files: StoredFile[] = [];
      for await (const blob of container.listBlobsFlat({ prefix: `${prefix}/` })) {
        const path = blob.name.slice(prefix.length + 1);
        files.push({ path, sizeBytes: blob.properties.contentLength ?? 0 });
      }
      return files;
    },
    get: (path) => container.getBlobClient(`${prefix}/${path}`).downloadToBuffer(),
  };
}

/** The files of a table in memory, by path. */
export function memoryTableFiles(files: ReadonlyMap<string, Uint8Array>): TableFiles {
  return {
    list: () =>
      Promise.resolve([...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.length }))),
    get: (path) => {
      const bytes = files.get(path);
      return bytes === undefined
        ? Promise.reject(new Error(`No file ${path}`))
        : Promise.resolve(bytes);
    },
  };
}
