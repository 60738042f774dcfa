import { beforeEach, describe, expect, it } from 'vitest';
import { createStage, type Stage } from '../../../support/ingest-world/stage.ts';
import {
  bodyOf,
  createTestReader,
  eventSource,
} from '../../../support/ingest-world/test-events.ts';

/**
 * The schedules in which simpler protocols lose or double an event. The numbers are those of the
 * model checker's list; each test takes the shortest way there.
 */
describe('schedules that break simpler protocols', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = createStage();
  });

  it('1: two versions of the code that overlap and disagree follow the plan of the first', async () => {
    stage.send('0', { id: 'a', payload: '1', refusedBy: ['A'] });
    const [old, young] = [stage.actor('A'), stage.actor('B')];
    void old.consume(0);
    void young.consume(0);
    await old.until('ledger.append');
    await young.until('ledger.append');
    await old.finish();
    await young.finish();
    expect(stage.verdicts()).toEqual(['0 dead-lettered']);
    expect(stage.landedIds()).toEqual([]);
    expect(stage.world.deadLetters()).toHaveLength(1);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('1: the loser lands what it would have rejected, in the table that was planned', async () => {
    stage.send('0', { id: 'a', payload: '1', refusedBy: ['A'], isMoved: true });
    const [old, young] = [stage.actor('A'), stage.actor('B')];
    void old.consume(0);
    void young.consume(0);
    await old.until('ledger.append');
    await young.until('ledger.append');
    await young.answer('ok');
    young.crash();
    await old.finish();
    expect(stage.verdicts()).toEqual(['0 landed']);
    expect(stage.world.tables.lake.get('brz_event_moved')?.rows).toHaveLength(1);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('2: what a foreign checkpoint passed over is read again before anything later', async () => {
    stage.send(
      '0',
      { id: 'a', payload: '1' },
      { id: 'b', payload: '1' },
      { id: 'c', payload: '1' },
    );
    const timedOut = stage.actor();
    void timedOut.consume(0, 0);
    await timedOut.until('claims.claim');
    timedOut.crash();
    const next = stage.actor();
    const report = next.consume(1, 2);
    await next.finish();
    expect((await report).counts).toMatchObject({ received: 3, landed: 3 });
    expect(stage.landedIds()).toEqual(['a', 'b', 'c']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('2: what was planned and then passed over is landed before anything later', async () => {
    stage.send('0', { id: 'a', payload: '1' }, { id: 'b', payload: '1' });
    const timedOut = stage.actor();
    void timedOut.consume(0, 0);
    await timedOut.until('tables.append');
    timedOut.crash();
    const next = stage.actor();
    void next.consume(1);
    await next.finish();
    expect(stage.landedIds()).toEqual(['a', 'b']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('3: two owners that append the same event at once land it once', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    const [first, second] = [stage.actor(), stage.actor()];
    void first.consume(0);
    await first.until('tables.append');
    void second.consume(0);
    await second.until('tables.append');
    await Promise.all([first.finish(), second.finish()]);
    expect(stage.landedIds()).toEqual(['a']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('4: a longer redelivery of a planned batch gets the rest planned', async () => {
    stage.send(
      '0',
      { id: 'a', payload: '1' },
      { id: 'b', payload: '1' },
      { id: 'c', payload: '1' },
    );
    const crashed = stage.actor();
    void crashed.consume(0, 0);
    await crashed.until('tables.append');
    crashed.crash();
    const next = stage.actor();
    void next.consume(0, 2);
    await next.finish();
    expect(stage.verdicts()).toEqual(['0 landed', '1 landed', '2 landed']);
    expect(stage.landedIds()).toEqual(['a', 'b', 'c']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('4: a shorter redelivery of a planned batch leaves the rest to the next', async () => {
    stage.send(
      '0',
      { id: 'a', payload: '1' },
      { id: 'b', payload: '1' },
      { id: 'a2', payload: '1' },
    );
    const crashed = stage.actor();
    void crashed.consume(0, 2);
    await crashed.until('tables.append');
    crashed.crash();
    const next = stage.actor();
    void next.consume(0, 0);
    await next.finish();
    expect(stage.landedIds()).toEqual(['a']);
    void next.consume(1, 2);
    await next.finish();
    expect(stage.landedIds().toSorted()).toEqual(['a', 'a2', 'b']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('5: the first event of a re-created hub lands although its number is an old one', async () => {
    stage.send('0', { id: 'a', payload: '1', refusedBy: ['A'] }, { id: 'b', payload: '1' });
    const owner = stage.actor();
    void owner.consume(0, 1);
    await owner.finish();
    const [oldLetter] = stage.world.deadLetters();
    stage.world.hub.recreate();
    stage.send('0', { id: 'c', payload: '1', refusedBy: ['A'] }, { id: 'd', payload: '1' });
    void owner.consume(0, 1);
    await owner.finish();
    expect(stage.landedIds()).toEqual(['b', 'd']);
    const newLetter = stage.world.deadLetters()[1];
    expect(newLetter?.values['dead_letter_id']).not.toBe(oldLetter?.values['dead_letter_id']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('5: an owner that does not know of the new hub drops none of its events', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    const owner = stage.actor();
    const { partition } = stage.world.hub.batch('0', 0);
    void owner.consume(0);
    await owner.finish();
    stage.world.hub.recreate();
    stage.send('0', { id: 'b', payload: '1' });
    const stale = owner.consume({ ...stage.world.hub.batch('0', 0), partition });
    await owner.finish();
    await expect(stale).rejects.toMatchObject({ code: 'hub.recreated', kind: 'transient' });
    void owner.consume(0);
    await owner.finish();
    expect(stage.landedIds()).toEqual(['a', 'b']);
  });

  it('5: a verdict for an event of the former hub is not taken for one of the new hub', async () => {
    stage.send('0', { id: 'a', payload: '1', refusedBy: ['A'] });
    const { partition } = stage.world.hub.batch('0', 0);
    const crashed = stage.actor('A');
    void crashed.consume(0);
    await crashed.until('tables.append');
    crashed.crash();
    stage.world.hub.recreate();
    stage.send('0', { id: 'b', payload: '1' });
    const next = stage.actor('A');
    const stale = next.consume({ ...stage.world.hub.batch('0', 0), partition });
    await next.finish();
    await expect(stale).rejects.toMatchObject({ code: 'hub.recreated' });
    expect(stage.world.deadLetters()).toEqual([]);
  });

  it('5: a hub re-created while a hole is read again does not lend its events to the old one', async () => {
    stage.send('0', { id: 'a', payload: '1' }, { id: 'b', payload: '1' });
    const owner = stage.actor();
    const stale = owner.consume(1);
    await owner.until('hub.read');
    stage.world.hub.recreate();
    stage.send('0', { id: 'x', payload: '1' }, { id: 'y', payload: '1' });
    await owner.finish();
    await expect(stale).rejects.toMatchObject({ code: 'hub.recreated' });
    expect(stage.landedIds()).toEqual([]);
  });

  it('6: a late owner adopts the verdict of a duplicate whose claim has expired', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    stage.send('1', { id: 'a', payload: '1' });
    const owner = stage.actor();
    void owner.consume(0);
    await owner.finish();
    const late = stage.actor();
    void late.consume(0, 0, '1');
    await late.until('claims.claim');
    void owner.consume(0, 0, '1');
    await owner.finish();
    stage.world.claims.expire({ source: eventSource, id: 'a' });
    await late.finish();
    expect(stage.verdicts('1')).toEqual(['0 duplicate']);
    expect(stage.landedIds()).toEqual(['a']);
    expect(await stage.rest('0', '1')).toEqual([]);
  });

  it('7: two consumer groups on one hub land an event once', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    const batch = stage.world.hub.batch('0', 0);
    const [one, other] = [stage.actor(), stage.actor()];
    void one.consume(batch);
    void other.consume({ ...batch, partition: { ...batch.partition, consumerGroup: 'cg-other' } });
    await one.until('tables.append');
    await other.finish();
    await one.finish();
    expect(stage.landedIds()).toEqual(['a']);
  });

  it('8: a redelivery whose hash is computed otherwise is no mismatch', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    const crashed = stage.actor();
    void crashed.consume(0);
    await crashed.until('ledger.append');
    crashed.crash();
    const other = createTestReader('A');
    const next = stage.actor('A', {
      reader: {
        read: (message) => {
          const [item] = other.read(message);
          const { judgement } = item;
          if (judgement.kind === 'rejected') return [item];
          return [{ ...item, judgement: { ...judgement, payloadHash: 'v1:otherwise' } }];
        },
      },
    });
    void next.consume(0);
    await next.finish();
    expect(stage.verdicts()).toEqual(['0 landed']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('9: two copies in one batch are one event and one duplicate', async () => {
    const event = { id: 'a', payload: '1' };
    stage.send('0', event, event);
    stage.world.hub.send('0', { body: bodyOf(event, { id: 'b', payload: '1' }, event) });
    const owner = stage.actor();
    void owner.consume(0, 2);
    await owner.finish();
    expect(stage.verdicts()).toEqual([
      '0 landed',
      '1 duplicate',
      '2 duplicate',
      '2 landed',
      '2 duplicate',
    ]);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('9: a copy with another payload in the same batch is a dead letter', async () => {
    stage.send(
      '0',
      { id: 'a', payload: '1' },
      { id: 'a', payload: '2' },
      { id: 'a', payload: '1' },
    );
    const owner = stage.actor();
    void owner.consume(0, 2);
    await owner.finish();
    expect(stage.verdicts()).toEqual(['0 landed', '1 dead-lettered', '2 duplicate']);
    const [letter] = stage.world.deadLetters();
    expect(letter?.values['error_code']).toBe('idempotency.payload_mismatch');
  });
});
