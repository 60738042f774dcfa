import { beforeEach, describe, expect, it } from 'vitest';
import { claimDeadLetters } from '../../../../shared/ingest/claim-dead-letters.ts';
import { deadLetterId } from '../../../../shared/ingest/dead-letter-id.ts';
import { deadLetterTable } from '../../../../shared/ingest/dead-letter-rows.ts';
import { authorOutsideHubs } from '../../../../shared/kernel/author.ts';
import { createDeadLetterReader } from '../../../../shared/messaging/dead-letters/dead-letter-reader.ts';
import { createDeadLetterUnwrapper } from '../../../../shared/messaging/dead-letters/dead-letter-unwrapper.ts';
import { encodeLetter } from '../../../../shared/messaging/dead-letters/letter-codec.ts';
import type { DeadMessage } from '../../../../shared/ports/dead-letters.ts';
import { deadMessage, relayOrigin } from '../../../support/dead-letters/dead-messages.ts';
import { createFakePayloadStore } from '../../../support/fake-payload-store.ts';
import { createStage, type Stage } from '../../../support/ingest-world/stage.ts';
import {
  bodyOf,
  createTestReader,
  eventSource,
  type TestEvent,
} from '../../../support/ingest-world/test-events.ts';

const events = createTestReader('A');
const letters = createDeadLetterReader(events, deadLetterTable);
const relay = createDeadLetterUnwrapper({
  countedOrigins: new Set([relayOrigin]),
  payloads: createFakePayloadStore(),
});

function dead(...sent: readonly TestEvent[]): DeadMessage {
  return deadMessage({ body: Buffer.from(bodyOf(...sent)) });
}

/** Sends a letter, as the hub of dead letters would have it. */
function carry(stage: Stage, message: DeadMessage, partitionId = '0'): void {
  const { body, properties } = encodeLetter(message);
  stage.world.hub.send(partitionId, {
    body: Buffer.from(body),
    properties: Object.fromEntries(properties),
  });
}

/** Claims of the Bronze namespace; those of the stage's world are of the one that is landed in. */
const claimIn = (stage: Stage, message: DeadMessage) =>
  claimDeadLetters({ reader: events, claims: stage.world.claims }, [message]);

describe('dead letters in schedules that break simpler protocols', () => {
  let stage: Stage;
  const ingester = () => stage.actor('A', { reader: letters, relay });

  beforeEach(() => {
    stage = createStage();
  });

  it('5: dead letters of a hub that was created anew have other ids, and none is dropped', async () => {
    const ids: unknown[] = [];
    for (let incarnation = 0; incarnation < 2; incarnation += 1) {
      if (incarnation > 0) stage.world.hub.recreate();
      stage.send('0', { id: 'a', payload: '1', refusedBy: ['A'] });
      const owner = stage.actor();
      void owner.consume(0);
      await owner.finish();
      ids.push(stage.world.deadLetters().at(-1)?.values['dead_letter_id']);
    }
    expect(stage.world.deadLetters()).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    expect([...stage.world.intake.records.keys()]).toEqual(ids);
  });

  it('5: dead letters of a queue that was created anew have other ids', async () => {
    const again = authorOutsideHubs('bus', relayOrigin, '2026-11-22T08:00:00.000Z');
    carry(stage, dead({ id: 'a', payload: '1' }));
    carry(stage, { ...dead({ id: 'b', payload: '1' }), author: again });
    const owner = ingester();
    void owner.consume(0, 1);
    await owner.finish();
    expect(stage.world.intake.records.size).toBe(2);
  });

  it('11: the ingester claims first, so that the slow relay lands nothing any more', async () => {
    const event = { id: 'a', payload: '1' };
    const open = await claimIn(stage, dead(event));
    expect(open).toEqual([dead(event)]);
    stage.send('0', event);
    const slow = stage.actor();
    void slow.consume(0);
    await slow.finish();
    expect([stage.verdicts(), stage.landedIds()]).toEqual([['0 duplicate'], []]);
  });

  it('11: the slow relay was faster, so that no record is written', async () => {
    const event = { id: 'a', payload: '1' };
    stage.send('0', event);
    const slow = stage.actor();
    void slow.consume(0);
    await slow.until('ledger.append');
    expect(await claimIn(stage, dead(event))).toEqual([]);
    await slow.finish();
    expect(stage.landedIds()).toEqual(['a']);
  });

  it('11: an ingester that died after its claim records the event when it comes again', async () => {
    const message = dead({ id: 'a', payload: '1' });
    await claimIn(stage, message);
    expect(await claimIn(stage, message)).toEqual([message]);
  });

  it('11: of a batch only the events that have not been judged get a record', async () => {
    stage.send('0', { id: 'b', payload: '1' });
    const owner = stage.actor();
    void owner.consume(0);
    await owner.finish();
    const batch = dead(...['a', 'b', 'c'].map((id) => ({ id, payload: '1' })));
    expect(await claimIn(stage, batch)).toEqual([{ ...batch, judged: [1] }]);
  });

  it('11: an event of the same id but another payload has not been judged', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    const owner = stage.actor();
    void owner.consume(0);
    await owner.finish();
    const other = dead({ id: 'a', payload: '2' });
    expect(await claimIn(stage, other)).toEqual([other]);
  });

  it('11: an event that cannot be judged claims nothing and gets its record', async () => {
    const invalid = dead({ id: 'a', payload: '1', refusedBy: ['A'] });
    expect(await claimIn(stage, invalid)).toEqual([invalid]);
    expect(stage.world.claims.row({ source: eventSource, id: 'a' })).toBeUndefined();
  });

  it('17: the record names the position that its claim row holds, so that a replay can take it over', async () => {
    const message = dead({ id: 'a', payload: '1' });
    await claimIn(stage, message);
    const row = stage.world.claims.row({ source: eventSource, id: 'a' });
    const [reader, tables] = [letters, createStage()];
    carry(tables, message);
    const owner = tables.actor('A', { reader, relay });
    void owner.consume(0);
    await owner.finish();
    const [record] = tables.world.intake.records.values();
    if (record === undefined) throw new Error('there is no record');
    const { origin, offset, sequenceNumber, itemIndex: index } = record;
    const position = { author: authorOutsideHubs('bus', origin, offset), sequenceNumber, index };
    expect(row).toMatchObject(position);
    expect(record.id).toBe(deadLetterId(position));
  });
});

describe('landing what died elsewhere', () => {
  let stage: Stage;
  const ingester = () => stage.actor('A', { reader: letters, relay });

  beforeEach(() => {
    stage = createStage();
  });

  it('lands one row however often and wherever it is carried', async () => {
    const message = dead({ id: 'a', payload: '1' });
    const other = { ...message, rejection: { ...message.rejection, category: 'poison' as const } };
    carry(stage, message);
    carry(stage, other);
    carry(stage, message, '1');
    for (const [partitionId, last] of [['0', 1] as const, ['1', 0] as const]) {
      const owner = ingester();
      void owner.consume(0, last, partitionId);
      await owner.finish();
    }
    expect([stage.verdicts('0'), stage.verdicts('1')]).toEqual([
      ['0 dead-lettered', '1 duplicate'],
      ['0 duplicate'],
    ]);
    expect(stage.world.deadLetters()).toHaveLength(1);
    expect(stage.world.intake.records.size).toBe(1);
  });

  it('describes it as it was at its origin, not as it was carried', async () => {
    carry(stage, dead({ id: 'a', payload: '1' }));
    const owner = ingester();
    void owner.consume(0);
    await owner.finish();
    const [row] = stage.world.deadLetters();
    expect(row?.sequenceNumber).toBe(0);
    expect(row?.values).toMatchObject({
      ...{ origin: relayOrigin, sequence_number: 41n, partition_id: '0', stage: 'deliver' },
      ...{ original_event_id: 'a', error_code: 'broker.ttl_expired', error_category: 'timeout' },
      ...{ delivery_count: 3, retry_count: 2, raw_payload: '{"id":"a","payload":"1"}' },
    });
    const [plan] = stage.world.ledger.plans(stage.world.author());
    expect(plan?.countsByOrigin.get(relayOrigin)).toMatchObject({ received: 1, deadLettered: 1 });
  });

  it('records before the watermark moves: a crash between the two is made good by who adopts', async () => {
    carry(stage, dead({ id: 'a', payload: '1' }));
    const dies = ingester();
    void dies.consume(0);
    await dies.until('deadLetters.record');
    expect(stage.world.deadLetters()).toEqual([]);
    dies.crash();
    const next = ingester();
    void next.consume(0);
    await next.finish();
    expect(next.calls.indexOf('deadLetters.record')).toBeLessThan(
      next.calls.indexOf('tables.append'),
    );
    expect([stage.world.deadLetters().length, stage.world.intake.records.size]).toEqual([1, 1]);
  });

  it('does the same for what Bronze itself rejects', async () => {
    stage.send('0', { id: 'a', payload: '1', refusedBy: ['A'] });
    const dies = stage.actor();
    void dies.consume(0);
    await dies.until('tables.append');
    dies.crash();
    expect([...stage.world.intake.records.values()]).toMatchObject([
      { eventId: 'a', origin: 'events', stage: 'validate', code: 'schema.refused_by_A' },
    ]);
    const next = stage.actor();
    void next.consume(0);
    await next.finish();
    expect([stage.world.deadLetters().length, stage.world.intake.records.size]).toEqual([1, 1]);
  });

  it('leaves the partitions of other hubs alone when they are idle', async () => {
    stage.send('0', { id: 'a', payload: '1' });
    const owner = stage.actor();
    void owner.consume(0);
    await owner.finish();
    stage.world.pass(600_000);
    const other = stage.actor('A', { reader: letters, relay, hubs: ['dead-letters'] });
    const idle = other.settleIdle();
    await other.finish();
    expect(await idle).toEqual({ settled: 0, caughtUp: 0, failed: 0 });
    expect((await stage.world.ledger.head(stage.world.author()))?.settled).toBe(-1);
  });
});
