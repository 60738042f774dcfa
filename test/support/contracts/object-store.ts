import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../shared/bronze/object-store.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** What every object store must make true, fakes included. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStore>): void {
  describe(`object store contract: ${name}`, () => {
    const folder = (): string => `Tables/t_${randomUUID().replaceAll('-', '')}/`;

    it('creates a name once: a second creation changes nothing and says so', async () => {
      const store = await open();
      const object = `${folder()}_delta_log/00000000000000000000.json`;
      const first = await store.putIfAbsent(object, Buffer.from('first'));
      const second = await store.putIfAbsent(object, Buffer.from('second'));
      const found = await store.get(object);
      expect([first.created, second.created]).toEqual([true, false]);
      expect(found.found && text(found.bytes)).toBe('first');
    });

    it('lets exactly one of 50 concurrent creations of one name through, and keeps its bytes', async () => {
      const store = await open();
      const object = `${folder()}racers.json`;
      const racers = Array.from({ length: 50 }, (_, index) => String(index));
      const answers = await Promise.all(
        racers.map((racer) => store.putIfAbsent(object, Buffer.from(racer))),
      );
      const winners = racers.filter((_, index) => answers[index]?.created);
      const found = await store.get(object);
      expect(winners).toHaveLength(1);
      expect(found.found && text(found.bytes)).toBe(winners[0]);
    });

    it('overwrites with a plain put', async () => {
      const store = await open();
      const object = `${folder()}hint`;
      await store.put(object, Buffer.from('old'));
      await store.put(object, Buffer.from('new'));
      const found = await store.get(object);
      expect(found.found && text(found.bytes)).toBe('new');
    });

    it('keeps any bytes, none included', async () => {
      const store = await open();
      const base = folder();
      const all = Uint8Array.from({ length: 256 }, (_, index) => index);
      await store.put(`${base}all`, all);
      await store.put(`${base}none`, new Uint8Array());
      const [found, empty] = await Promise.all([store.get(`${base}all`), store.get(`${base}none`)]);
      expect(found.found && [...found.bytes]).toEqual([...all]);
      expect(empty.found && empty.bytes.byteLength).toBe(0);
    });

    it('answers a missing name as missing, with its own time', async () => {
      const store = await open();
      const answer = await store.get(`${folder()}nothing`);
      expect(answer.found).toBe(false);
      expect(Number.isFinite(answer.at)).toBe(true);
    });

    it('dates an object no later than any answer after it, and answers never run backwards', async () => {
      const store = await open();
      const object = `${folder()}dated`;
      const created = await store.putIfAbsent(object, Buffer.from('x'));
      const found = await store.get(object);
      const listed = await store.list(object);
      if (!found.found) throw new Error('expected the object');
      expect(found.modifiedAt).toBeLessThanOrEqual(found.at);
      expect(created.at).toBeLessThanOrEqual(found.at);
      expect(found.at).toBeLessThanOrEqual(listed.at);
      expect(listed.objects[0]?.modifiedAt).toBe(found.modifiedAt);
    });

    it('lists what begins with a prefix, by name, with sizes', async () => {
      const store = await open();
      const base = folder();
      for (const leaf of ['b/2', 'a', 'b/1', 'c']) {
        await store.put(base + leaf, Buffer.from(leaf));
      }
      const { objects } = await store.list(`${base}b`);
      expect(objects.map(({ name, sizeBytes, isFolder }) => [name, sizeBytes, isFolder])).toEqual([
        [`${base}b/1`, 3, false],
        [`${base}b/2`, 3, false],
      ]);
      expect((await store.list(`${base}nothing`)).objects).toEqual([]);
    });

    it('lists the folders right below a folder', async () => {
      const store = await open();
      const base = folder();
      for (const leaf of ['x/1', 'x/y/2', 'z/3', 'file'])
        await store.put(base + leaf, Buffer.from('.'));
      expect(await store.listFolders(base)).toEqual(['x', 'z']);
    });

    it('deletes, and deletes again without complaint', async () => {
      const store = await open();
      const object = `${folder()}gone`;
      await store.put(object, Buffer.from('x'));
      await store.delete(object);
      await store.delete(object);
      expect((await store.get(object)).found).toBe(false);
    });

    it('takes a name that is free again', async () => {
      const store = await open();
      const object = `${folder()}again`;
      await store.putIfAbsent(object, Buffer.from('1'));
      await store.delete(object);
      expect((await store.putIfAbsent(object, Buffer.from('2'))).created).toBe(true);
    });
  });
}
