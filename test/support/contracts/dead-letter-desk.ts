import { beforeEach, describe, expect, it } from 'vitest';
import { epochMs, type Clock } from '../../../shared/kernel/time.ts';
import { orderKeyOf } from '../../../shared/kernel/order-key.ts';
import type {
  DeadLetterDesk,
  ExpiredLetter,
  LetterQuery,
} from '../../../shared/ports/dead-letter-desk.ts';
import type { DeadLetterIntake } from '../../../shared/ports/dead-letters.ts';
import { letterId, sampleInstant, sampleLetter } from '../dead-letters/sample-letters.ts';

const hourMs = 3_600_000;
const open: LetterQuery = { states: ['open'], size: 10 };
const anyState: LetterQuery = { states: ['open', 'replayed', 'discarded', 'purged'], size: 10 };
const operator = { by: 'ada', why: 'a test' };

/** What the intake and the desk of dead letters must make true. `create` gives empty ones. */
export function deadLetterDeskContract(
  name: string,
  create: (clock: Clock) => Promise<DeadLetterIntake & DeadLetterDesk>,
): void {
  describe(`DeadLetterIntake and DeadLetterDesk contract: ${name}`, () => {
    let desk: DeadLetterIntake & DeadLetterDesk;
    let now = sampleInstant;
    beforeEach(async () => {
      now = sampleInstant + hourMs;
      desk = await create({ now: () => epochMs(now) });
    });
    const names = async (query: LetterQuery): Promise<readonly string[]> =>
      (await desk.list(query)).letters.map(({ eventId }) => eventId ?? '');
    const letter = (eventId: string, minute: number, fields: object = {}) =>
      sampleLetter(eventId, {
        eventId,
        deadLetteredAt: epochMs(sampleInstant + minute * 60_000),
        ...fields,
      });

    it('shows a record as it was given', async () => {
      const record = sampleLetter('one', { type: null, eventTime: null, deliveryCount: 10 });
      await desk.record([record]);
      expect(await desk.show(record.id)).toMatchObject({
        record,
        resolution: { state: 'open', at: undefined, by: '', why: '' },
        payloadPurgedAt: undefined,
        audit: [],
      });
    });

    it('keeps hostile texts and large payloads to the character', async () => {
      const hostile = `../\\#?%'\u0000\u2028é漢\ud83d\ude00__proto__' or PartitionKey ne '`;
      const record = sampleLetter('hostile', {
        ...{ type: hostile, source: hostile, origin: hostile, code: hostile },
        failureGroup: `${hostile} ${hostile}`,
        properties: JSON.stringify({ __proto__: hostile, long: '漢\u0001'.repeat(90_000) }),
        payload: { encoding: 'utf8', content: '\u0000漢'.repeat(30_000), sizeBytes: 120_000 },
      });
      await desk.record([record]);
      expect((await desk.show(record.id))?.record).toEqual(record);
      for (const filter of [
        { type: hostile },
        { origin: hostile },
        { group: record.failureGroup },
      ]) {
        const { letters } = await desk.list({ ...open, ...filter });
        expect(letters).toMatchObject([{ id: record.id, type: hostile, origin: hostile }]);
      }
    });

    it('writes a record once, however often it comes, also within one call', async () => {
      const record = sampleLetter('one');
      await desk.record([record, record]);
      await desk.record([record, sampleLetter('two')]);
      expect((await desk.list(open)).letters).toHaveLength(2);
      expect(await desk.tallies()).toMatchObject([{ counts: { open: 2 } }]);
    });

    it('undoes no resolution when a record comes again', async () => {
      const record = sampleLetter('one');
      await desk.record([record]);
      await desk.settle(record.id, { action: 'discard', ...operator });
      await desk.record([record]);
      expect((await desk.show(record.id))?.resolution.state).toBe('discarded');
      expect((await desk.list(open)).letters).toEqual([]);
      expect(await desk.tallies()).toMatchObject([{ counts: { open: 0, discarded: 1 } }]);
    });

    it('records many at once, of many kinds', async () => {
      const records = Array.from({ length: 250 }, (_, at) =>
        letter(`many-${at}`, at, { type: `type.${at % 70}` }),
      );
      await desk.record(records);
      const page = await desk.list({ ...open, size: 1_000 });
      expect(page.letters.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
      expect(await desk.tallies()).toHaveLength(70);
    });

    it('lists the oldest first, in pages that show none twice', async () => {
      const minutes = [5, 1, 4, 2, 3];
      await desk.record(minutes.map((minute) => letter(`at-${minute}`, minute)));
      const seen: string[] = [];
      let page = await desk.list({ ...open, size: 2 });
      seen.push(...page.letters.map(({ eventId }) => eventId ?? ''));
      while (page.next !== undefined) {
        page = await desk.list({ ...open, size: 2, after: page.next });
        expect(page.letters.length).toBeLessThanOrEqual(2);
        seen.push(...page.letters.map(({ eventId }) => eventId ?? ''));
      }
      expect(seen).toEqual(['at-1', 'at-2', 'at-3', 'at-4', 'at-5']);
    });

    it('lists by type, group, origin, category and time, and by several of them', async () => {
      await desk.record([
        letter('a', 1, { type: 'erp.order' }),
        letter('b', 2, { type: null }),
        letter('c', 3, { origin: 'orders', category: 'timeout', type: 'erp.order' }),
        letter('d', 4, { code: 'size.exceeded', type: 'erp.order' }),
      ]);
      expect(await names({ ...open, type: 'erp.order' })).toEqual(['a', 'c', 'd']);
      expect(await names({ ...open, type: 'unreadable' })).toEqual(['b']);
      expect(await names({ ...open, group: 'erp.order size.exceeded' })).toEqual(['d']);
      expect(await names({ ...open, origin: 'orders' })).toEqual(['c']);
      expect(await names({ ...open, category: 'timeout' })).toEqual(['c']);
      expect(await names({ ...open, type: 'erp.order', origin: 'events' })).toEqual(['a', 'd']);
      const from = epochMs(sampleInstant + 2 * 60_000);
      const before = epochMs(sampleInstant + 4 * 60_000);
      expect(await names({ ...open, from, before })).toEqual(['b', 'c']);
      expect(await names({ ...open, from, type: 'erp.order' })).toEqual(['c', 'd']);
      expect(await names({ ...open, type: 'no.such' })).toEqual([]);
    });

    it('lists what is open of one session of one entity', async () => {
      const long = 's'.repeat(500);
      await desk.record([
        letter('a', 1, { origin: 'orders', sessionId: 'one' }),
        letter('b', 2, { origin: 'orders', sessionId: 'two' }),
        letter('c', 3, { origin: 'orders', sessionId: 'one' }),
        letter('d', 4, { origin: 'payments', sessionId: 'one' }),
        letter('e', 5, { origin: 'orders' }),
        letter('f', 6, { origin: long, sessionId: `${long}1` }),
        letter('g', 7, { origin: long, sessionId: `${long}2` }),
      ]);
      const one = { ...open, key: orderKeyOf('orders', 'one') };
      expect(await names(one)).toEqual(['a', 'c']);
      expect(await names({ ...one, size: 1 })).toEqual(['a']);
      expect(await names({ ...one, origin: 'payments' })).toEqual([]);
      expect(await names({ ...open, key: orderKeyOf(long, `${long}1`) })).toEqual(['f']);
      expect(await names({ ...open, key: orderKeyOf('orders', 'none') })).toEqual([]);
      await desk.settle(letterId('a'), { action: 'discard', ...operator });
      expect(await names(one)).toEqual(['c']);
      expect(await names({ ...one, states: ['discarded'] })).toEqual(['a']);
      await desk.settle(letterId('a'), { action: 'restore', ...operator });
      expect(await names(one)).toEqual(['a', 'c']);
    });

    it('pages through several states in one order', async () => {
      const records = Array.from({ length: 9 }, (_, at) => letter(`s${at}`, at));
      await desk.record(records);
      for (const at of [0, 3, 4, 8]) {
        await desk.settle(letterId(`s${at}`), { action: 'discard', ...operator });
      }
      await desk.settle(letterId('s5'), { action: 'replay', ...operator });
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await desk.list({ ...anyState, size: 2, ...(after && { after }) });
        seen.push(...page.letters.map(({ eventId, state }) => `${eventId ?? ''} ${state}`));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual([
        ...['s0 discarded', 's1 open', 's2 open', 's3 discarded', 's4 discarded'],
        ...['s5 replayed', 's6 open', 's7 open', 's8 discarded'],
      ]);
    });

    it('answers a continuation that it never gave with an empty page', async () => {
      await desk.record([sampleLetter('one')]);
      const hostile = "0' or PartitionKey ne '";
      expect(await desk.list({ ...open, after: hostile })).toEqual({
        letters: [],
        next: undefined,
      });
    });

    it('moves a settled letter from list to list and keeps who, when, what and why', async () => {
      await desk.record([sampleLetter('one')]);
      const id = letterId('one');
      const discarded = await desk.settle(id, {
        action: 'discard',
        by: 'ada',
        why: 'a test order',
      });
      expect(discarded).toEqual({
        kind: 'settled',
        resolution: { state: 'discarded', at: now, by: 'ada', why: 'a test order' },
      });
      expect(await names(open)).toEqual([]);
      expect(await names({ ...open, states: ['discarded'] })).toHaveLength(1);
      now += 1_000;
      await desk.settle(id, { action: 'restore', by: 'bob', why: 'it was real' });
      expect(await names(open)).toHaveLength(1);
      expect(await names({ ...open, states: ['discarded'] })).toEqual([]);
      expect((await desk.show(id))?.audit).toEqual([
        { at: now - 1_000, by: 'ada', action: 'discard', why: 'a test order' },
        { at: now, by: 'bob', action: 'restore', why: 'it was real' },
      ]);
    });

    it('refuses what cannot follow, and knows no letter that was never recorded', async () => {
      await desk.record([sampleLetter('one')]);
      const id = letterId('one');
      const refused = { kind: 'refused', state: 'open', isPurged: false, isStaged: false };
      expect(await desk.settle(id, { action: 'restore', ...operator })).toEqual(refused);
      await desk.settle(id, { action: 'replay', ...operator });
      const again = await desk.settle(id, { action: 'discard', ...operator });
      expect(again).toEqual({ ...refused, state: 'replayed' });
      for (const stranger of [letterId('nobody'), "x' or '1' eq '1", '../a', '']) {
        expect(await desk.settle(stranger, { action: 'discard', ...operator })).toEqual({
          kind: 'missing',
        });
        expect(await desk.show(stranger)).toBeUndefined();
        expect(await desk.note(stranger, { by: 'ada', text: 'x' })).toBe(false);
      }
    });

    it('settles one version only: of many at once with its etag, one succeeds', async () => {
      await desk.record([sampleLetter('one')]);
      const id = letterId('one');
      const etag = (await desk.show(id))?.etag ?? '';
      const outcomes = await Promise.all(
        ['ada', 'bob', 'eve'].map((by) =>
          desk.settle(id, { action: 'discard', by, why: '', etag }),
        ),
      );
      expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual([
        'changed',
        'changed',
        'settled',
      ]);
      expect((await desk.show(id))?.audit).toHaveLength(1);
      expect(await desk.tallies()).toMatchObject([{ counts: { open: 0, discarded: 1 } }]);
    });

    it('adds notes without changing the letter', async () => {
      await desk.record([sampleLetter('one')]);
      const id = letterId('one');
      const { etag } = (await desk.show(id)) ?? {};
      expect(await desk.note(id, { by: 'ada', text: 'asked the ERP team – 漢' })).toBe(true);
      const file = await desk.show(id);
      expect(file?.etag).toBe(etag);
      expect(file?.audit).toEqual([
        { at: now, by: 'ada', action: 'note', why: 'asked the ERP team – 漢' },
      ]);
    });

    it('purges the payload and keeps the record, its resolution and its audit', async () => {
      const big = {
        encoding: 'base64',
        content: 'QUJD'.repeat(150_000),
        sizeBytes: 450_000,
      } as const;
      await desk.record([
        letter('old', 0, { payload: big }),
        letter('settled', 1),
        letter('new', 9),
      ]);
      await desk.settle(letterId('settled'), { action: 'discard', ...operator });
      now += 1_000;
      const before = epochMs(sampleInstant + 5 * 60_000);
      const expired = async (after?: ExpiredLetter) => {
        const letters = await desk.expired({ before, limit: 10, ...(after && { after }) });
        return letters.map(({ id }) => id);
      };
      expect(await expired()).toEqual([letterId('old'), letterId('settled')]);
      const first = { id: letterId('old'), deadLetteredAt: epochMs(sampleInstant) };
      expect(await desk.expired({ before, limit: 1 })).toEqual([first]);
      expect(await expired(first)).toEqual([letterId('settled')]);
      const retention = { action: 'purge', by: 'retention', why: 'older than 14 days' } as const;
      await desk.settle(letterId('old'), retention);
      await desk.settle(letterId('settled'), retention);
      expect(await expired()).toEqual([]);
      const old = await desk.show(letterId('old'));
      expect(old?.record.payload).toEqual({ encoding: 'base64', content: '', sizeBytes: 450_000 });
      expect(old?.record.code).toBe('schema.data.required:order_id');
      expect(old).toMatchObject({ resolution: { state: 'purged' }, payloadPurgedAt: now });
      const settled = await desk.show(letterId('settled'));
      expect(settled).toMatchObject({
        resolution: { state: 'discarded', by: 'ada' },
        payloadPurgedAt: now,
      });
      expect(settled?.audit.map(({ action }) => action)).toEqual(['discard', 'purge']);
      const restored = await desk.settle(letterId('settled'), { action: 'restore', ...operator });
      expect(restored).toMatchObject({ kind: 'refused', state: 'discarded', isPurged: true });
      expect(await names(open)).toEqual(['new']);
    });

    it('counts what comes, goes and comes back, by hour', async () => {
      await desk.record([letter('a', 1), letter('b', 2), letter('c', 3, { origin: 'orders' })]);
      now += hourMs;
      await desk.settle(letterId('a'), { action: 'discard', ...operator });
      await desk.settle(letterId('b'), { action: 'replay', ...operator });
      now += hourMs;
      await desk.settle(letterId('a'), { action: 'restore', ...operator });
      const [tally] = (await desk.tallies()).filter(({ origin }) => origin === 'events');
      const hour = Math.floor((sampleInstant + hourMs) / hourMs);
      expect(tally).toMatchObject({
        counts: { open: 1, replayed: 1, discarded: 0, purged: 0 },
        firstAt: sampleInstant + 60_000,
        lastAt: sampleInstant + 120_000,
        hours: [
          { hour, arrived: 2, settled: 0, reopened: 0 },
          { hour: hour + 1, arrived: 0, settled: 2, reopened: 0 },
          { hour: hour + 2, arrived: 0, settled: 0, reopened: 1 },
        ],
        steps: [[Math.floor((sampleInstant + hourMs) / 300_000), 2]],
      });
    });
  });
}
