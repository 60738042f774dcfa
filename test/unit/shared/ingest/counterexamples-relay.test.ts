import { beforeEach, describe, expect, it } from 'vitest';
import { createStage, type Stage } from '../../../support/ingest-world/stage.ts';
import { bodyOf, eventSource } from '../../../support/ingest-world/test-events.ts';

/**
 * The schedules that fail where several owners write directly: relayed, they are those of a hub.
 * The numbers are those of the model checker's list.
 */
describe('relayed messages, and owners that sleep, in schedules that break simpler protocols', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = createStage();
  });

  it('10: a message relayed twice lands once, though its first owner died on the way', async () => {
    const body = bodyOf({ id: 'a', payload: '1' });
    const properties = { origin: 'upstream-events/Subscriptions/bronze-relay' };
    stage.world.hub.send('0', { body, properties });
    stage.world.hub.send('1', { body, properties });
    const dies = stage.actor();
    void dies.consume(0);
    await dies.until('ledger.append');
    dies.crash();
    const owner = stage.actor();
    void owner.consume(0, 0, '1');
    await owner.finish();
    expect(stage.verdicts('1')).toEqual(['0 duplicate']);
    void owner.consume(0, 0, '0');
    await owner.finish();
    expect(stage.landedIds()).toEqual(['a']);
    const [plan] = stage.world.ledger.plans(stage.world.author('0'));
    expect([...(plan?.countsByOrigin.keys() ?? [])]).toEqual([properties.origin]);
    expect(await stage.rest('0', '1')).toEqual([]);
  });

  it('11: an event that the dead-letter ingester claimed first does not land', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    const author = stage.world.author('ingester');
    await stage.world.claims.claim([
      {
        key: { source: eventSource, id: 'a' },
        author,
        sequenceNumber: 7,
        index: 0,
        table: 'rejected',
        payloadHash: 'v1:1',
      },
    ]);
    const owner = stage.actor();
    void owner.consume(0);
    await owner.finish();
    expect(stage.verdicts()).toEqual(['0 duplicate']);
    expect(stage.landedIds()).toEqual([]);
  });

  it('12: an owner that never heard of its own commit learns of it from the table', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    const owner = stage.actor();
    const lost = owner.consume(0);
    await owner.until('tables.append');
    await owner.answer('answer-lost');
    await expect(lost).rejects.toMatchObject({ kind: 'transient' });
    void owner.consume(0);
    await owner.finish();
    expect(stage.landedIds()).toEqual(['a']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('13: a sleeping owner that wakes after its successor adds nothing', async () => {
    stage.send(
      '0',
      { id: 'a', payload: '1' },
      { id: 'b', payload: '1' },
      { id: 'a2', payload: '1' },
    );
    const sleeping = stage.actor();
    void sleeping.consume(0, 0);
    await sleeping.until('tables.append');
    const successor = stage.actor();
    void successor.consume(0, 2);
    await successor.finish();
    await sleeping.finish();
    expect(stage.landedIds().toSorted()).toEqual(['a', 'a2', 'b']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('14: a copy does not take over the claim of an event that is still on its way', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    stage.send('1', { id: 'a', payload: '1' });
    const slow = stage.actor();
    void slow.consume(0);
    await slow.until('ledger.append');
    const other = stage.actor();
    void other.consume(0, 0, '1');
    await other.finish();
    await slow.finish();
    expect([stage.verdicts('0'), stage.verdicts('1')]).toEqual([['0 landed'], ['0 duplicate']]);
    expect(await stage.rest('0', '1')).toEqual([]);
  });

  it('15: a redelivery of a landed event whose claim has expired lands nothing', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    const late = stage.actor();
    void late.consume(0);
    await late.until('claims.claim');
    const owner = stage.actor();
    void owner.consume(0);
    await owner.finish();
    stage.world.claims.expire({ source: eventSource, id: 'a' });
    await late.finish();
    expect(stage.landedIds()).toEqual(['a']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('16: a plan whose answer was lost is found and followed, not made again', async () => {
    stage.send('0', { id: 'a', payload: '1', refusedBy: ['A'] });
    const old = stage.actor('A');
    const lost = old.consume(0);
    await old.until('ledger.append');
    await old.answer('answer-lost');
    await expect(lost).rejects.toMatchObject({ kind: 'transient' });
    const young = stage.actor('B');
    void young.consume(0);
    await young.finish();
    expect(stage.verdicts()).toEqual(['0 dead-lettered']);
    expect(stage.landedIds()).toEqual([]);
    expect(await stage.rest('0')).toEqual([]);
  });
});
