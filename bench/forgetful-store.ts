import type { ObjectStore } from '../shared/bronze/index.ts';
import { systemClock, type EpochMs } from '../shared/kernel/time.ts';

const keptObjects = 2_000;

/** Keeps what a writer may read again, and forgets data files: only the writer's memory shows. */
export function forgetfulStore(): ObjectStore {
  const kept = new Map<string, Uint8Array>();
  const at = (): EpochMs => systemClock.now();
  const keep = (name: string, bytes: Uint8Array): void => {
    if (!name.includes('/_delta_log/')) return;
    kept.set(name, bytes);
    const oldest = kept.keys().next().value;
    if (kept.size > keptObjects && oldest !== undefined) kept.delete(oldest);
  };
  return {
    putIfAbsent: (name, bytes) => {
      const created = !kept.has(name);
      if (created) keep(name, bytes);
      return Promise.resolve({ created, at: at() });
    },
    put: (name, bytes) => {
      keep(name, bytes);
      return Promise.resolve({ at: at() });
    },
    get: (name) => {
      const bytes = kept.get(name);
      return Promise.resolve(
        bytes === undefined
          ? { found: false, at: at() }
          : { found: true, at: at(), bytes, modifiedAt: at() },
      );
    },
    list: (prefix) =>
      Promise.resolve({
        at: at(),
        objects: [...kept]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, bytes]) => ({
            name,
            sizeBytes: bytes.length,
            modifiedAt: at(),
            isFolder: false,
          }))
          .toSorted((left, right) => (left.name < right.name ? -1 : 1)),
      }),
    listFolders: () => Promise.resolve([]),
    delete: (name) => {
      kept.delete(name);
      return Promise.resolve();
    },
  };
}
