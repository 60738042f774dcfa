import { describe, expect, it } from 'vitest';
import { noColumns } from '../../../../shared/ingest/event-rows.ts';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import type { TableAppend } from '../../../../shared/ports/delta.ts';
import { replying } from '../../../support/ingest-world/controlled-ports.ts';
import { createStage } from '../../../support/ingest-world/stage.ts';
import { bodyOf, createTestReader } from '../../../support/ingest-world/test-events.ts';
import { createWorld } from '../../../support/ingest-world/world.ts';

function lakeIsDown(): Promise<never> {
  return Promise.reject(new AppError('lake.unavailable', 'no', { kind: 'transient' }));
}

describe('BronzeIngest.consume', () => {
  it('reports the verdicts of a batch', async () => {
    const { world, send } = createStage();
    send('0', { id: 'a', payload: '1' }, { id: 'a', payload: '1' }, { id: 'a', payload: '2' });
    const report = await world.start().consume(world.hub.batch('0', 0));
    expect(report).toEqual({
      counts: { received: 3, landed: 1, duplicate: 1, deadLettered: 1, parked: 0 },
      adopted: 0,
      lost: 0,
    });
  });

  it('does nothing for an empty batch', async () => {
    const { world, actor } = createStage();
    const owner = actor();
    const report = owner.consume({ partition: world.hub.partition('0'), messages: [] });
    await owner.finish();
    expect((await report).counts.received).toBe(0);
    expect(owner.calls).toEqual([]);
  });

  it('asks storage for nothing but claims, plan and rows while an owner stays', async () => {
    const { send, actor } = createStage();
    send('0', { id: 'a', payload: '1' }, { id: 'b', payload: '1' });
    const owner = actor();
    void owner.consume(0, 0);
    await owner.finish();
    const before = owner.calls.length;
    void owner.consume(1, 1);
    await owner.finish();
    expect(owner.calls.slice(before)).toEqual(['claims.claim', 'ledger.append', 'tables.append']);
  });

  it('claims nothing for a batch without an accepted event', async () => {
    const { send, actor } = createStage();
    send('0', { id: 'a', payload: '1', refusedBy: ['A'] });
    const owner = actor();
    void owner.consume(0);
    await owner.finish();
    expect(owner.calls).not.toContain('claims.claim');
  });

  it('begins a partition with the oldest message that the hub holds', async () => {
    const { world, send } = createStage();
    send('0', ...['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, payload: '1' })));
    world.hub.retain('0', 2);
    const report = await world.start().consume(world.hub.batch('0', 4));
    expect(report).toMatchObject({ counts: { landed: 3 }, lost: 0 });
    expect(await world.ledger.plansAfter(world.author(), -1)).toMatchObject([
      { first: 2, last: 3 },
      { first: 4, last: 4 },
    ]);
  });

  it('records what retention took from a hole as lost, with an alert, and goes on', async () => {
    const { world, send } = createStage();
    const ingest = world.start();
    send('0', ...['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, payload: '1' })));
    await ingest.consume(world.hub.batch('0', 0, 0));
    world.hub.retain('0', 3);
    const report = await ingest.consume(world.hub.batch('0', 4));
    expect(report).toMatchObject({ counts: { landed: 2 }, lost: 2 });
    const plans = await world.ledger.plansAfter(world.author(), 0);
    expect(plans[0]).toMatchObject({ first: 1, last: 3, lost: [{ first: 1, last: 2 }] });
    expect(world.log).toContainEqual(
      expect.objectContaining({
        level: 'error',
        details: expect.objectContaining({ messages: 2, first: 1, last: 2 }) as object,
      }),
    );
  });

  it('records a hole that is gone altogether in one plan', async () => {
    const { world, send } = createStage();
    const ingest = world.start();
    send('0', ...Array.from({ length: 50 }, (_, n) => ({ id: `e${n}`, payload: '1' })));
    await ingest.consume(world.hub.batch('0', 0, 0));
    world.hub.retain('0', 49);
    const report = await ingest.consume(world.hub.batch('0', 49));
    expect(report).toMatchObject({ counts: { landed: 1 }, lost: 48 });
  });

  it('waits for a hub that does not return what it still holds', async () => {
    const stage = createStage();
    stage.send('0', { id: 'a', payload: '1' }, { id: 'b', payload: '1' });
    const control = replying('hub.read', () => Promise.resolve([]));
    const consumed = stage.world.start({ control }).consume(stage.world.hub.batch('0', 1));
    await expect(consumed).rejects.toMatchObject({ code: 'broker.unavailable', kind: 'transient' });
    expect(stage.verdicts()).toEqual([]);
  });

  it('reads a long hole again in windows', async () => {
    const { world, send, actor } = createStage({ rereadWindow: 3 });
    send('0', ...Array.from({ length: 11 }, (_, n) => ({ id: `e${n}`, payload: '1' })));
    const owner = actor();
    void owner.consume(10);
    await owner.finish();
    expect(owner.calls.filter((name) => name === 'hub.read')).toHaveLength(4);
    expect(world.landed()).toHaveLength(11);
  });

  it('cuts a plan that does not fit and plans the rest next', async () => {
    const { world, send } = createStage({ maxPlanLength: 500 });
    send('0', ...Array.from({ length: 20 }, (_, n) => ({ id: `e${n}`, payload: '1' })));
    const report = await world.start().consume(world.hub.batch('0', 0));
    expect(report.counts.landed).toBe(20);
    const plans = await world.ledger.plansAfter(world.author(), -1);
    expect(plans.length).toBeGreaterThan(3);
    expect(plans.at(-1)?.last).toBe(19);
  });

  it('keeps the progress of other tables when one fails, and goes on with it', async () => {
    const { world, send } = createStage();
    send(
      '0',
      { id: 'a', payload: '1' },
      { id: 'b', payload: '1' },
      { id: 'c', payload: '1', refusedBy: ['A'] },
    );
    let isDown = true;
    const control = replying('tables.append', (rows) =>
      isDown && (rows as TableAppend).table === 'brz_event_first' ? lakeIsDown() : undefined,
    );
    const ingest = world.start({ control });
    const failed = ingest.consume(world.hub.batch('0', 0));
    await expect(failed).rejects.toMatchObject({ code: 'lake.unavailable' });
    expect(world.landed().map(({ values }) => values['event_id'])).toEqual(['b']);
    expect(world.deadLetters()).toHaveLength(1);
    isDown = false;
    const report = await ingest.consume(world.hub.batch('0', 0));
    expect(report).toMatchObject({ adopted: 3 });
    expect(world.landed()).toHaveLength(2);
    expect(world.deadLetters()).toHaveLength(1);
  });

  it('writes no row when the plan cannot be stored', async () => {
    const { world, send, actor } = createStage();
    send('0', { id: 'a', payload: '1' });
    const owner = actor();
    const failed = owner.consume(0);
    await owner.until('ledger.append');
    await owner.answer('refused');
    await expect(failed).rejects.toMatchObject({ code: 'storage.unavailable' });
    expect(world.landed()).toEqual([]);
  });

  it('gives up, to be called again, when another owner is always faster', async () => {
    const { world, send } = createStage();
    send('0', { id: 'a', payload: '1' });
    const control = replying('ledger.append', () => Promise.resolve('lost-race'));
    const failed = world.start({ control }).consume(world.hub.batch('0', 0));
    await expect(failed).rejects.toMatchObject({ code: 'ledger.contended', kind: 'transient' });
  });

  it('refuses to go on where the ledger has no plan although its head says so', async () => {
    const { world, send } = createStage();
    send('0', { id: 'a', payload: '1' });
    await world.ledger.open(world.author(), -1);
    const head = { planned: 3, settled: -1, etag: 'x' };
    const control = replying('ledger.head', () => Promise.resolve(head));
    const failed = world.start({ control }).consume(world.hub.batch('0', 0));
    await expect(failed).rejects.toMatchObject({ code: 'ledger.corrupt', kind: 'permanent' });
  });

  it('works on partitions side by side and on the batches of one in order', async () => {
    const stage = createStage();
    stage.send('0', { id: 'a', payload: '1' }, { id: 'b', payload: '1' });
    stage.send('1', { id: 'c', payload: '1' });
    const owner = stage.actor();
    void owner.consume(0, 0, '0');
    void owner.consume(1, 1, '0');
    const other = owner.consume(0, 0, '1');
    await owner.until('claims.claim');
    await owner.finish();
    expect((await other).counts.landed).toBe(1);
    const plans = stage.world.ledger.plans(stage.world.author('0'));
    expect(plans.map(({ first, last }) => [first, last])).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('lands a planned item that this version cannot find in its message, and says so', async () => {
    const { world } = createStage();
    world.hub.send('0', { body: bodyOf({ id: 'a', payload: '1' }, { id: 'b', payload: '1' }) });
    const failing = world.start({ control: replying('tables.append', lakeIsDown) });
    await failing.consume(world.hub.batch('0', 0)).catch(() => undefined);
    const reader = createTestReader('A');
    const onlyFirst = world.start({ reader: { read: (message) => [reader.read(message)[0]] } });
    await onlyFirst.consume(world.hub.batch('0', 0));
    expect(world.landed()).toHaveLength(2);
    const unread = world.landed().find(({ values }) => values['item_index'] === 1);
    expect(unread?.values).toMatchObject({
      ...noColumns,
      data: expect.stringContaining('"a"') as string,
    });
    expect(world.log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('says that planned rows are lost when retention takes them before they land', async () => {
    const { world, send } = createStage();
    send('0', { id: 'a', payload: '1' }, { id: 'b', payload: '1' });
    const failing = world.start({ control: replying('tables.append', lakeIsDown) });
    await failing.consume(world.hub.batch('0', 0, 0)).catch(() => undefined);
    world.hub.retain('0', 1);
    await world.start().consume(world.hub.batch('0', 1));
    expect(world.landed().map(({ values }) => values['event_id'])).toEqual(['b']);
    expect(world.log).toContainEqual(
      expect.objectContaining({
        level: 'error',
        details: expect.objectContaining({ table: 'brz_event_first', rows: 1, first: 0 }) as object,
      }),
    );
  });

  it('counts by the origin of each message', async () => {
    const world = createWorld();
    const event = { id: 'a', payload: '1' };
    world.hub.send('0', { body: bodyOf(event, event) });
    world.hub.send('0', {
      body: bodyOf(event),
      properties: { origin: 'topic/Subscriptions/relay' },
    });
    await world.start().consume(world.hub.batch('0', 0));
    const [plan] = world.ledger.plans(world.author());
    expect(plan?.countsByOrigin).toEqual(
      new Map([
        ['events', { received: 2, landed: 1, duplicate: 1, deadLettered: 0, parked: 0 }],
        [
          'topic/Subscriptions/relay',
          { received: 1, landed: 0, duplicate: 1, deadLettered: 0, parked: 0 },
        ],
      ]),
    );
  });
});
