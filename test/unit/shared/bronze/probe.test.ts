import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../../shared/bronze/object-store.ts';
import { proveConditionalCreate } from '../../../../shared/bronze/probe.ts';
import { createMemoryObjectStore } from '../../../support/bronze/memory-object-store.ts';

describe('the proof of conditional create', () => {
  it('is four requests, and leaves nothing behind', async () => {
    const store = createMemoryObjectStore();
    await proveConditionalCreate(store, 'id');
    expect(store.requests.map((request) => request.split(' ')[0])).toEqual([
      'create',
      'create',
      'get',
      'delete',
    ]);
    expect(store.objects.size).toBe(0);
  });

  it.each([
    [
      'accepts a second creation',
      (store: ObjectStore): ObjectStore => ({
        ...store,
        putIfAbsent: async (name, bytes) => ({ ...(await store.put(name, bytes)), created: true }),
      }),
    ],
    [
      'overwrites in spite of its answer',
      (store: ObjectStore): ObjectStore => ({
        ...store,
        putIfAbsent: async (name, bytes) => {
          const answer = await store.putIfAbsent(name, bytes);
          await store.put(name, bytes);
          return answer;
        },
      }),
    ],
    [
      'keeps nothing',
      (store: ObjectStore): ObjectStore => ({
        ...store,
        get: async (name) => ({ ...(await store.get(name)), found: false }),
      }),
    ],
  ])('refuses a store that %s', async (_, spoil) => {
    const store = createMemoryObjectStore();
    await expect(proveConditionalCreate(spoil(store), 'id')).rejects.toMatchObject({
      code: 'lake.unsafe_target',
      kind: 'permanent',
    });
    expect(store.objects.size).toBe(0);
  });
});
