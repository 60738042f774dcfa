import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { replying } from '../../../support/ingest-world/controlled-ports.ts';
import { createStage, type Stage } from '../../../support/ingest-world/stage.ts';

const longEnough = 10 * 60_000;

describe('BronzeIngest.settleIdle', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = createStage();
    stage.send('0', { id: 'a', payload: '1' }, { id: 'b', payload: '1' });
  });

  async function head() {
    return stage.world.ledger.head(stage.world.author());
  }

  it('settles what has landed without reading it again', async () => {
    await stage.world.start().consume(stage.world.hub.batch('0', 0));
    expect(await head()).toMatchObject({ planned: 1, settled: -1 });
    stage.world.pass(longEnough);
    const timer = stage.actor();
    const report = timer.settleIdle();
    await timer.finish();
    expect(await report).toEqual({ settled: 1, caughtUp: 0, failed: 0 });
    expect(await head()).toMatchObject({ planned: 1, settled: 1 });
    expect(timer.calls).not.toContain('hub.read');
  });

  it('lands what was planned and never landed', async () => {
    const crashed = stage.actor();
    void crashed.consume(0, 1);
    await crashed.until('tables.append');
    crashed.crash();
    stage.world.pass(longEnough);
    expect(await stage.world.start().settleIdle()).toMatchObject({ settled: 1, failed: 0 });
    expect(stage.world.landed()).toHaveLength(2);
    expect(await head()).toMatchObject({ planned: 1, settled: 1 });
  });

  it('consumes what the host passed over at the end of a partition', async () => {
    const { world } = stage;
    await world.start().consume(world.hub.batch('0', 0, 0));
    world.pass(longEnough);
    expect(await world.start().settleIdle()).toEqual({ settled: 1, caughtUp: 1, failed: 0 });
    expect(world.landed()).toHaveLength(2);
    expect(await head()).toMatchObject({ planned: 1, settled: 1 });
  });

  it('leaves messages alone that the trigger may still deliver', async () => {
    const { world } = stage;
    await world.start().consume(world.hub.batch('0', 0, 1));
    world.pass(longEnough);
    const enqueuedAt = (await world.ledger.plansAfter(world.author(), -1))[0]?.plannedAt;
    if (enqueuedAt === undefined) throw new Error('nothing is planned');
    world.hub.send('0', {
      body: '[]',
      enqueuedAt: (enqueuedAt + longEnough - 1) as typeof enqueuedAt,
    });
    expect(await world.start().settleIdle()).toMatchObject({ caughtUp: 0, failed: 0 });
  });

  it('leaves a partition alone that somebody works on', async () => {
    await stage.world.start().consume(stage.world.hub.batch('0', 0));
    const timer = stage.actor();
    const report = timer.settleIdle();
    await timer.finish();
    expect(await report).toMatchObject({ settled: 0 });
    expect(timer.calls).toEqual(['ledger.head', 'ledger.plansAfter']);
  });

  it('does not slow down the owner that comes back', async () => {
    const owner = stage.actor();
    void owner.consume(0, 0);
    await owner.finish();
    stage.world.pass(longEnough);
    void owner.settleIdle();
    await owner.finish();
    stage.send('0', { id: 'c', payload: '1' });
    const before = owner.calls.length;
    void owner.consume(2);
    await owner.finish();
    expect(owner.calls.slice(before)).toEqual(['claims.claim', 'ledger.append', 'tables.append']);
  });

  it('gives way to an owner in another process', async () => {
    await stage.world.start().consume(stage.world.hub.batch('0', 0));
    stage.world.pass(longEnough);
    const timer = stage.actor();
    const report = timer.settleIdle();
    await timer.until('ledger.settle');
    stage.send('0', { id: 'c', payload: '1' });
    await stage.world.start().consume(stage.world.hub.batch('0', 2));
    await timer.finish();
    expect(await report).toMatchObject({ failed: 0 });
    expect(await head()).toMatchObject({ planned: 2, settled: 1 });
  });

  it('settles a former incarnation by its tables, and asks its hub for nothing', async () => {
    const author = stage.world.author();
    await stage.world.start().consume(stage.world.hub.batch('0', 0));
    stage.world.hub.recreate();
    stage.world.pass(longEnough);
    const timer = stage.actor();
    const report = timer.settleIdle();
    await timer.finish();
    expect(await report).toMatchObject({ settled: 1, failed: 0 });
    expect(await stage.world.ledger.head(author)).toMatchObject({ planned: 1, settled: 1 });
    expect(timer.calls).not.toContain('hub.read');
  });

  it('never lands events of the new hub for the old one', async () => {
    const crashed = stage.actor();
    void crashed.consume(0, 1);
    await crashed.until('tables.append');
    crashed.crash();
    stage.world.hub.recreate();
    stage.send('0', { id: 'x', payload: '1' }, { id: 'y', payload: '1' });
    stage.world.pass(longEnough);
    expect(await stage.world.start().settleIdle()).toEqual({ settled: 0, caughtUp: 0, failed: 1 });
    expect(stage.world.landed()).toEqual([]);
  });

  it('goes on with the next partition when one fails', async () => {
    const { world } = stage;
    stage.send('1', { id: 'c', payload: '1' });
    const ingest = world.start();
    await ingest.consume(world.hub.batch('0', 0));
    await ingest.consume(world.hub.batch('1', 0));
    world.pass(longEnough);
    const down = new AppError('storage.unavailable', 'no', { kind: 'transient' });
    const control = replying('ledger.head', (author) =>
      author === world.author('0') ? Promise.reject(down) : undefined,
    );
    expect(await world.start({ control }).settleIdle()).toEqual({
      settled: 1,
      caughtUp: 0,
      failed: 1,
    });
    expect(world.log).toContainEqual(expect.objectContaining({ level: 'warn' }));
  });
});
