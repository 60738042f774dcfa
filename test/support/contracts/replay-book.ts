import { beforeEach, describe, expect, it } from 'vitest';
import { epochMs, type Clock } from '../../../shared/kernel/time.ts';
import type { DeadLetterDesk } from '../../../shared/ports/dead-letter-desk.ts';
import type { DeadLetterIntake } from '../../../shared/ports/dead-letters.ts';
import type { ReplayBook, ReplayIntent, StagingOutcome } from '../../../shared/ports/replays.ts';
import { letterId, sampleInstant, sampleLetter } from '../dead-letters/sample-letters.ts';

type Book = DeadLetterIntake & DeadLetterDesk & ReplayBook;

const operator = { by: 'ada', why: 'a test', from: '203.0.113.7' };
const target = { kind: 'queue', entity: 'orders' } as const;
const staging = { target, patch: undefined, ...operator };
const patch = '[{"op":"add","path":"/data/x","value":1.50}]';
const id = letterId('one');

function intentOf(outcome: StagingOutcome): ReplayIntent {
  if (outcome.kind !== 'staged') throw new Error(outcome.kind);
  return outcome.intent;
}

/** What the intents of replays must make true. `create` gives empty stores. */
export function replayBookContract(name: string, create: (clock: Clock) => Promise<Book>): void {
  describe(`ReplayBook contract: ${name}`, () => {
    let book: Book;
    let now = sampleInstant;
    const staged = (before = Number.MAX_SAFE_INTEGER) => book.staged(epochMs(before), 10);

    beforeEach(async () => {
      now = sampleInstant;
      book = await create({ now: () => epochMs(now) });
      await book.record([sampleLetter('one'), sampleLetter('two')]);
    });

    it('keeps an intent with the letter, which stays open', async () => {
      const intent = intentOf(await book.stage(id, { ...staging, patch }));
      expect(intent).toMatchObject({ target, patch, ...operator, at: now });
      expect(intent.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      const file = await book.show(id);
      expect(file).toMatchObject({ staged: intent, resolution: { state: 'open' }, audit: [] });
      expect((await book.list({ states: ['open'], size: 10 })).letters).toHaveLength(2);
    });

    it('gives everybody the intent that stands, and never a second one', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 5 }, (_, at) => book.stage(id, { ...staging, by: `operator ${at}` })),
      );
      const [first, ...others] = outcomes.map(intentOf);
      for (const other of others) expect(other).toEqual(first);
      expect(await staged()).toEqual([id]);
    });

    it('goes on with an edit when no other is asked for, and with no other', async () => {
      const intent = intentOf(await book.stage(id, { ...staging, patch }));
      expect(await book.stage(id, staging)).toEqual({ kind: 'staged', intent });
      const other = '[{"op":"remove","path":"/data"}]';
      expect(await book.stage(id, { ...staging, patch: other })).toEqual({
        kind: 'under-way',
        intent,
      });
    });

    it('stages one version only, of what is open, and knows no letter that never was', async () => {
      const etag = (await book.show(id))?.etag ?? '';
      await book.stage(letterId('two'), staging);
      expect((await book.stage(id, { ...staging, etag: `${etag}x` })).kind).toBe('changed');
      expect((await book.stage(id, { ...staging, etag })).kind).toBe('staged');
      expect((await book.stage(letterId('none'), staging)).kind).toBe('missing');
      expect((await book.stage(`no' id`, staging)).kind).toBe('missing');
      await book.settle(id, { action: 'replay', ...operator });
      const closed = { kind: 'refused', state: 'replayed', isPurged: false };
      expect(await book.stage(id, staging)).toEqual(closed);
    });

    it('is settled with what was sent, in the resolution and in the audit', async () => {
      const intent = intentOf(await book.stage(id, { ...staging, patch }));
      const replay = { id: intent.id, target: target.entity, patch };
      await book.settle(id, { action: 'replay', ...operator, replay });
      const file = await book.show(id);
      expect(file?.staged).toBeUndefined();
      expect(file?.resolution).toMatchObject({
        state: 'replayed',
        replay: { id: intent.id, target: target.entity },
      });
      expect(file?.audit).toMatchObject([{ action: 'replay', replay }]);
      expect(await staged()).toEqual([]);
    });

    it('cannot be discarded while it may have been sent, but is purged when its time has come', async () => {
      await book.stage(id, staging);
      expect(await book.settle(id, { action: 'discard', ...operator })).toEqual({
        ...{ kind: 'refused', state: 'open', isPurged: false, isStaged: true },
      });
      await book.settle(id, { action: 'purge', by: 'retention', why: 'old' });
      expect(await book.show(id)).toMatchObject({
        staged: undefined,
        resolution: { state: 'purged' },
      });
      expect(await staged()).toEqual([]);
    });

    it('is taken back when it was not sent; the next one has an id of its own', async () => {
      const first = intentOf(await book.stage(id, { ...staging, patch }));
      await book.withdraw(id, 'another');
      expect((await book.show(id))?.staged).toEqual(first);
      await book.withdraw(id, first.id);
      await book.withdraw(id, first.id);
      expect(await staged()).toEqual([]);
      const second = intentOf(await book.stage(id, staging));
      expect(second.id).not.toBe(first.id);
      expect(await staged()).toEqual([id]);
    });

    it('lists what was staged before an instant, the oldest first', async () => {
      await book.stage(letterId('two'), staging);
      now += 1_000;
      await book.stage(id, staging);
      expect(await staged(now)).toEqual([letterId('two')]);
      expect(await staged()).toEqual([letterId('two'), id]);
      expect(await book.staged(epochMs(now + 1), 1)).toEqual([letterId('two')]);
    });
  });
}
