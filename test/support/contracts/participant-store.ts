import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ParticipantStore, RecordKey } from '../../../shared/ports/participants.ts';

function newKey(participant = 'payment'): RecordKey {
  return { participant, sagaId: `SO=2F${randomUUID()}` };
}

async function etagOf(store: ParticipantStore, key: RecordKey): Promise<string> {
  const stored = await store.read(key);
  if (stored === undefined) throw new Error('there is a record');
  return stored.etag;
}

/** What every store of participants must make true. */
export function participantStoreContract(
  name: string,
  open: () => Promise<ParticipantStore>,
): void {
  describe(`ParticipantStore contract: ${name}`, () => {
    it('has no record of a saga that it has not heard of', async () => {
      expect(await (await open()).read(newKey())).toBeUndefined();
    });

    it('gives back what was written last', async () => {
      const store = await open();
      const key = newKey();
      expect(await store.write(key, '{"n":1}', undefined)).toBe('written');
      expect(await store.write(key, '{"n":2}', await etagOf(store, key))).toBe('written');
      expect((await store.read(key))?.text).toBe('{"n":2}');
    });

    it('lets one of many that make the first version succeed', async () => {
      const store = await open();
      const key = newKey();
      const writes = Array.from({ length: 10 }, (_, at) => store.write(key, `${at}`, undefined));
      const outcomes = await Promise.all(writes);
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect((await store.read(key))?.text).toBe(`${outcomes.indexOf('written')}`);
    });

    it('lets one of many that change a version succeed', async () => {
      const store = await open();
      const key = newKey();
      await store.write(key, 'before', undefined);
      const etag = await etagOf(store, key);
      const writes = Array.from({ length: 10 }, (_, at) => store.write(key, `${at}`, etag));
      const outcomes = await Promise.all(writes);
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect((await store.read(key))?.text).toBe(`${outcomes.indexOf('written')}`);
    });

    it('changes nothing by a write of a version that is gone', async () => {
      const store = await open();
      const key = newKey();
      await store.write(key, 'first', undefined);
      const stale = await etagOf(store, key);
      await store.write(key, 'second', stale);
      expect(await store.write(key, 'third', stale)).toBe('conflict');
      expect((await store.read(key))?.text).toBe('second');
    });

    it('takes a version of a record that is not there for a conflict', async () => {
      const store = await open();
      const etag = await (async () => {
        const key = newKey();
        await store.write(key, 'other', undefined);
        return etagOf(store, key);
      })();
      expect(await store.write(newKey(), 'new', etag)).toBe('conflict');
    });

    it('keeps the records of participants and sagas apart', async () => {
      const store = await open();
      const key = newKey('payment');
      await store.write(key, 'payment', undefined);
      await store.write({ ...key, participant: 'shipping' }, 'shipping', undefined);
      expect((await store.read(key))?.text).toBe('payment');
      expect((await store.read({ ...key, participant: 'shipping' }))?.text).toBe('shipping');
      expect(await store.read({ ...key, sagaId: key.sagaId.slice(1) })).toBeUndefined();
    });

    it.each([
      ['longer than a column', `{"t":"${'\\u00e4'.repeat(20_000)}"}`],
      ['exactly two columns', 'x'.repeat(60_000)],
      ['empty', ''],
    ])('keeps a record that is %s', async (_, text) => {
      const store = await open();
      const key = newKey();
      await store.write(key, text, undefined);
      expect((await store.read(key))?.text).toBe(text);
    });

    it('leaves nothing of a long record behind in a short one', async () => {
      const store = await open();
      const key = newKey();
      await store.write(key, 'x'.repeat(100_000), undefined);
      await store.write(key, 'short', await etagOf(store, key));
      expect((await store.read(key))?.text).toBe('short');
    });

    it('lists all records', async () => {
      const store = await open();
      const keys = ['payment', 'orders', 'payment'].map(newKey);
      for (const key of keys) await store.write(key, `of ${key.sagaId}`, undefined);
      const all: unknown[] = [];
      for await (const record of store.all()) all.push(record);
      for (const key of keys) expect(all).toContainEqual({ ...key, text: `of ${key.sagaId}` });
    });
  });
}
