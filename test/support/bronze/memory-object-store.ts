import { epochMs, type EpochMs } from '../../../shared/kernel/time.ts';
import type { FoundObject, ObjectStore } from '../../../shared/bronze/object-store.ts';

/** An object store in memory whose time only moves when the test says so. */
export interface MemoryObjectStore extends ObjectStore {
  readonly objects: ReadonlyMap<
    string,
    { readonly bytes: Uint8Array; readonly modifiedAt: EpochMs }
  >;
  /** Requests so far, as `kind name`. */
  readonly requests: readonly string[];
  readonly now: () => EpochMs;
  pass(ms: number): void;
}

export function createMemoryObjectStore(start = Date.UTC(2026, 10, 21)): MemoryObjectStore {
  const objects = new Map<string, { bytes: Uint8Array; modifiedAt: EpochMs }>();
  const requests: string[] = [];
  let at = epochMs(start);
  const note = async (kind: string, name: string): Promise<void> => {
    requests.push(`${kind} ${name}`);
    await Promise.resolve();
  };
  const names = (prefix: string): string[] =>
    [...objects.keys()].filter((name) => name.startsWith(prefix)).toSorted();
  return {
    objects,
    requests,
    now: () => at,
    pass: (ms) => (at = epochMs(at + ms)),
    putIfAbsent: async (name, bytes) => {
      await note('create', name);
      if (objects.has(name)) return { created: false, at };
      objects.set(name, { bytes: Uint8Array.from(bytes), modifiedAt: at });
      return { created: true, at };
    },
    put: async (name, bytes) => {
      await note('put', name);
      objects.set(name, { bytes: Uint8Array.from(bytes), modifiedAt: at });
      return { at };
    },
    get: async (name): Promise<FoundObject> => {
      await note('get', name);
      const found = objects.get(name);
      return found === undefined ? { found: false, at } : { found: true, at, ...found };
    },
    list: async (prefix) => {
      await note('list', prefix);
      const found = names(prefix).flatMap((name) => {
        const object = objects.get(name);
        if (object === undefined) return [];
        const { bytes, modifiedAt } = object;
        return [{ name, sizeBytes: bytes.byteLength, modifiedAt, isFolder: false }];
      });
      return { objects: found, at };
    },
    listFolders: async (prefix) => {
      await note('list', prefix);
      const below = names(prefix).map((name) => name.slice(prefix.length));
      return [
        ...new Set(
          below.filter((name) => name.includes('/')).map((name) => name.split('/')[0] ?? ''),
        ),
      ];
    },
    delete: async (name) => {
      await note('delete', name);
      objects.delete(name);
    },
  };
}
