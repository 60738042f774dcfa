import type { ObjectStore } from '../../../shared/bronze/object-store.ts';
import { epochMs, type EpochMs } from '../../../shared/kernel/time.ts';

/** A store whose times run ahead of its own by what the test has let pass, at every write anew. */
export function shiftTime(store: ObjectStore, passedMs: () => number): ObjectStore {
  const writtenAt = new Map<string, number>();
  const shift = (at: EpochMs, passed = passedMs()): EpochMs => epochMs(at + passed);
  const written = (name: string, at: EpochMs): EpochMs => shift(at, writtenAt.get(name) ?? 0);
  return {
    ...store,
    put: async (name, bytes) => {
      writtenAt.set(name, passedMs());
      return { at: shift((await store.put(name, bytes)).at) };
    },
    putIfAbsent: async (name, bytes) => {
      const answer = await store.putIfAbsent(name, bytes);
      if (answer.created) writtenAt.set(name, passedMs());
      return { ...answer, at: shift(answer.at) };
    },
    get: async (name) => {
      const found = await store.get(name);
      const at = shift(found.at);
      return found.found
        ? { ...found, at, modifiedAt: written(name, found.modifiedAt) }
        : { ...found, at };
    },
    list: async (prefix) => {
      const { objects, at } = await store.list(prefix);
      const shifted = objects.map((object) => ({
        ...object,
        modifiedAt: written(object.name, object.modifiedAt),
      }));
      return { objects: shifted, at: shift(at) };
    },
  };
}
