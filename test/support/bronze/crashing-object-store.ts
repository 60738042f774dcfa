import type { ObjectStore } from '../../../shared/bronze/object-store.ts';

/** The process ends at its n-th change of the store: before it is made, or before it knows. */
export function crashAt(store: ObjectStore, nth: number, isMade: boolean): ObjectStore {
  let changes = 0;
  const change = async <Answer>(effect: () => Promise<Answer>): Promise<Answer> => {
    changes += 1;
    if (changes > nth) throw new Error('crashed');
    if (changes < nth) return effect();
    if (isMade) await effect();
    throw new Error('crashed');
  };
  return {
    ...store,
    put: (name, bytes) => change(() => store.put(name, bytes)),
    putIfAbsent: (name, bytes) => change(() => store.putIfAbsent(name, bytes)),
    delete: (name) => change(() => store.delete(name)),
  };
}
