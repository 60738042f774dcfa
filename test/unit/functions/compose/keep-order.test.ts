import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { orderKeyOf } from '../../../../shared/kernel/order-key.ts';
import { salesOrder } from '../../../support/events.ts';
import {
  createRecoveryWorld,
  type Handler,
} from '../../../support/recoverability/recovery-world.ts';

const down = new AppError('participant.failed', 'it is broken', { kind: 'transient' });
const fails: Handler = () => Promise.reject(down);
const body = (event: object): Uint8Array => Buffer.from(JSON.stringify(event));
const codesOf = (world: ReturnType<typeof createRecoveryWorld>): readonly string[] =>
  world.letters.map(({ rejection }) => rejection.violations[0].code);

describe('a session of an ordered entity', () => {
  const event = (name: string): Uint8Array => body({ ...salesOrder(), subject: name });
  /** Handles all but poison, and remembers what. */
  const handler = (handled: string[]): Handler => {
    return ({ body: sent }) => {
      const { subject } = JSON.parse(Buffer.from(sent).toString()) as { subject: string };
      if (subject.startsWith('poison')) return Promise.reject(new TypeError(subject));
      handled.push(subject);
      return Promise.resolve(undefined);
    };
  };

  it('stops behind its dead letter, and no other session does', async () => {
    const world = createRecoveryWorld('orders');
    const handled: string[] = [];
    const work = handler(handled);
    for (const name of ['1', 'poison 2', '3', '4', '5']) {
      await world.deliver(world.arrive({ sessionId: 'A', body: event(name) }), work);
      await world.deliver(world.arrive({ sessionId: 'B', body: event(`other ${name}`) }), work);
    }
    expect(handled).toEqual(['1', ...['1', 'poison 2', '3', '4', '5'].map((n) => `other ${n}`)]);
    expect(codesOf(world)).toEqual(['bug', ...Array.from({ length: 3 }, () => 'order.blocked')]);
    const key = orderKeyOf('orders', 'A');
    const { letters } = await world.desk.list({ states: ['open'], key, size: 10 });
    expect(letters.map(({ code }) => code)).toEqual(codesOf(world));
    const [first, ...parked] = letters;
    for (const { detail, category } of parked) {
      expect(detail).toContain(first?.id);
      expect(category).toBe('processing');
    }
    for (const { id } of letters) {
      expect((await world.desk.show(id))?.record).toMatchObject({
        sessionId: 'A',
        type: 'com.acmemfg.erp.salesorder.created',
      });
    }
  });

  it('goes on when nothing of it is open any more', async () => {
    const world = createRecoveryWorld('orders');
    const handled: string[] = [];
    const send = (name: string) =>
      world.deliver(world.arrive({ sessionId: 'A', body: event(name) }), handler(handled));
    await send('poison 1');
    await send('2');
    const key = orderKeyOf('orders', 'A');
    const { letters } = await world.desk.list({ states: ['open'], key, size: 10 });
    for (const { id } of letters) {
      await world.desk.settle(id, { action: 'discard', by: 'ada', why: 'a test' });
    }
    await send('3');
    expect(handled).toEqual(['3']);
  });

  it('keeps its order when what is replayed dies again', async () => {
    const world = createRecoveryWorld('orders');
    const handled: string[] = [];
    const key = orderKeyOf('orders', 'A');
    const open = async () => (await world.desk.list({ states: ['open'], key, size: 10 })).letters;
    const nthOpen = async (nth: number) => (await open())[nth]?.id ?? '';
    const replay = async (name: string, id: string) => {
      const properties = new Map([['bronzeflow-dead-letter', id]]);
      const message = world.arrive({ sessionId: 'A', body: event(name), properties });
      await world.deliver(message, handler(handled));
      await world.desk.settle(id, { action: 'replay', by: 'ada', why: 'a test' });
    };
    for (const name of ['poison 1', '2', '3']) {
      await world.deliver(world.arrive({ sessionId: 'A', body: event(name) }), handler(handled));
    }
    const [first, second] = [await nthOpen(0), await nthOpen(1)];
    await replay('poison 1', first);
    await replay('2', second);
    expect(handled).toEqual([]);
    expect((await open()).map(({ code }) => code)).toEqual([
      'bug',
      'order.blocked',
      'order.blocked',
    ]);
    const subjects = await Promise.all(
      (await open()).map(async ({ id }) => (await world.desk.show(id))?.record.subject),
    );
    expect(subjects).toEqual(['poison 1', '2', '3']);
    for (const [at, name] of ['1', '2', '3'].entries()) {
      expect(handled).toHaveLength(at);
      await replay(name, await nthOpen(0));
    }
    expect(handled).toEqual(['1', '2', '3']);
    expect(await open()).toEqual([]);
  });

  it('parks what was waiting when an earlier message was sent behind it once more', async () => {
    const world = createRecoveryWorld('orders');
    const handled: string[] = [];
    await world.deliver(
      world.arrive({ sessionId: 'A', body: event('poison 1') }),
      handler(handled),
    );
    const waiting = world.arrive({ sessionId: 'A', body: event('2') });
    const other = world.arrive({ sessionId: 'B', body: event('other') });
    const key = orderKeyOf('orders', 'A');
    const { letters } = await world.desk.list({ states: ['open'], key, size: 1 });
    const id = letters[0]?.id ?? '';
    const properties = new Map([['bronzeflow-dead-letter', id]]);
    const replay = world.arrive({ sessionId: 'A', body: event('1'), properties });
    await world.desk.settle(id, { action: 'replay', by: 'ada', why: 'a test' });
    world.pass(1_000);
    const late = world.arrive({ sessionId: 'C', body: event('late') });
    for (const message of [waiting, other, replay, late]) {
      await world.deliver(message, handler(handled));
    }
    expect(handled).toEqual(['other', '1', 'late']);
    const parked = await world.desk.list({ states: ['open'], key, size: 10 });
    expect(parked.letters.map(({ code }) => code)).toEqual(['order.blocked']);
  });

  it('is not unlocked by a message that names the dead letter of another', async () => {
    const world = createRecoveryWorld('orders');
    const handled: string[] = [];
    for (const sessionId of ['B', 'A']) {
      const message = world.arrive({ sessionId, body: event('poison') });
      await world.deliver(message, handler(handled));
    }
    const { letters } = await world.desk.list({
      states: ['open'],
      key: orderKeyOf('orders', 'B'),
      size: 1,
    });
    const properties = new Map([['bronzeflow-dead-letter', letters[0]?.id]]);
    const forged = world.arrive({ sessionId: 'A', body: event('1'), properties });
    await world.deliver(forged, handler(handled));
    expect(handled).toEqual([]);
  });

  it('is not handled when it died and only its delivery was not settled', async () => {
    const world = createRecoveryWorld('orders');
    const handled: string[] = [];
    const message = world.arrive({ sessionId: 'A', body: event('poison 1') });
    await world.deliver(message, handler(handled));
    const again = { ...message, deliveryCount: 2 };
    const { letters } = await world.desk.list({ states: ['open'], size: 10 });
    await world.desk.settle(letters[0]?.id ?? '', { action: 'discard', by: 'ada', why: 'no' });
    let isFirst = true;
    await world.deliver(again, (delivered, attempt) => {
      if (!isFirst) return handler(handled)(delivered, attempt);
      isFirst = false;
      return Promise.reject(down);
    });
    expect(codesOf(world)).toEqual(['bug', 'bug']);
    expect((await world.desk.list({ states: ['open'], size: 10 })).letters).toEqual([]);
  });

  it('keeps what died while the hub of dead letters is down, and sends it later as it was', async () => {
    let isDown = true;
    const beforeReject = () => {
      if (isDown) throw new AppError('broker.unavailable', 'no', { kind: 'transient' });
    };
    const world = createRecoveryWorld('orders', { beforeReject, maxDeliveries: 1 });
    const handled: string[] = [];
    const message = world.arrive({ sessionId: 'A', body: event('poison 1') });
    await expect(world.deliver(message, handler(handled))).rejects.toThrow('given it up');
    await expect(
      world.deliver(world.arrive({ sessionId: 'A', body: event('2') }), handler(handled)),
    ).rejects.toThrow('given it up');
    const { letters } = await world.desk.list({ states: ['open'], size: 10 });
    expect(letters.map(({ code }) => code)).toEqual(['bug', 'order.blocked']);
    isDown = false;
    await world.deliver(message, handler(handled), 2);
    expect(world.letters).toMatchObject([
      {
        deadLetteredAt: letters[0]?.deadLetteredAt,
        rejection: { violations: [{ code: 'bug', detail: letters[0]?.detail }] },
      },
    ]);
    expect((await world.desk.list({ states: ['open'], size: 10 })).letters).toEqual(letters);
  });

  it('waits for its delayed rounds, so that nothing overtakes', async () => {
    const world = createRecoveryWorld('orders');
    expect(await world.deliver(world.arrive({ sessionId: 'A' }), fails)).toBe(6);
    expect(world.scheduled).toEqual([]);
    expect(world.letters).toMatchObject([{ retryCount: 23, deliveryCount: 6 }]);
  });

  it('waits as well while nobody can say whether it is blocked', async () => {
    let asked = 0;
    const beforeDesk = () => {
      asked += 1;
      if (asked <= 10) throw new AppError('storage.unavailable', 'no', { kind: 'transient' });
    };
    const world = createRecoveryWorld('orders', { beforeDesk });
    const handled: string[] = [];
    const message = world.arrive({ sessionId: 'A', body: event('1') });
    await world.deliver(message, handler(handled));
    expect(handled).toEqual(['1']);
    expect(world.letters).toEqual([]);
  });

  it('is handled when no session is given, or its entity is not ordered', async () => {
    const world = createRecoveryWorld('orders');
    const handled: string[] = [];
    await world.deliver(world.arrive({ body: event('poison') }), handler(handled));
    await world.deliver(world.arrive({ body: event('1') }), handler(handled));
    expect(handled).toEqual(['1']);
  });
});
