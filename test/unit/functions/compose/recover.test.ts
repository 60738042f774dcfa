import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { salesOrder } from '../../../support/events.ts';
import {
  createRecoveryWorld,
  type Handler,
} from '../../../support/recoverability/recovery-world.ts';

const down = new AppError('participant.failed', 'it is broken', { kind: 'transient' });
const fails: Handler = () => Promise.reject(down);
const works: Handler = () => Promise.resolve(undefined);
const queue = 'payment-commands';
const body = (event: object): Uint8Array => Buffer.from(JSON.stringify(event));
const codesOf = (world: ReturnType<typeof createRecoveryWorld>): readonly string[] =>
  world.letters.map(({ rejection }) => rejection.violations[0].code);

describe('a message that fails', () => {
  it('is tried 24 times: delivered 6 times, and as 3 copies 6 times each', async () => {
    const world = createRecoveryWorld(queue);
    const attempts: number[] = [];
    const count: Handler = (_, attempt) => {
      attempts.push(attempt);
      return Promise.reject(down);
    };
    const sent = new Map<string, unknown>([
      ['a', 'x'],
      ['b', { c: [1] }],
      ['n', 7],
      ['e', null],
    ]);
    const message = world.arrive({ sessionId: 'S', properties: sent });
    expect(await world.deliver(message, count)).toBe(6);
    const first = world.scheduled[0];
    expect(first?.at).toBe(world.clock.now() + 11_000);
    expect(first?.message).toMatchObject({
      sessionId: 'S',
      contentType: 'application/cloudevents+json',
      properties: { a: 'x', b: '{"c":[1]}', n: 7 },
      body: message.body,
    });
    expect(await world.deliverCopies(count)).toBe(3);
    expect(attempts).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
    expect(world.letters).toMatchObject([
      {
        origin: queue,
        stage: 'handle',
        retryCount: 23,
        deliveryCount: 6,
        rejection: {
          category: 'processing',
          violations: [{ code: 'participant.failed' }, { code: 'retries.exhausted' }],
        },
      },
    ]);
    expect([...(world.letters[0]?.properties.keys() ?? [])].toSorted()).toEqual(['a', 'b', 'n']);
  });

  it('is handled by any of them, and then is no dead letter', async () => {
    for (const goodAttempt of [1, 2, 6, 7, 13, 24]) {
      const world = createRecoveryWorld(queue);
      const handle: Handler = (_, attempt) =>
        attempt === goodAttempt ? Promise.resolve(undefined) : Promise.reject(down);
      await world.deliver(world.arrive(), handle);
      await world.deliverCopies(handle);
      expect(world.letters).toEqual([]);
    }
  });

  it('is scheduled under the same id when its delivery is repeated, and under its own otherwise', async () => {
    const world = createRecoveryWorld(queue, { immediate: 0 });
    const message = world.arrive();
    await world.deliver(message, fails);
    await world.deliver(message, fails);
    await world.deliver(world.arrive(), fails);
    const ids = world.scheduled.map(({ message: copy }) => copy.messageId);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]?.length).toBeLessThanOrEqual(128);
  });

  it('is not tried again when it is refused, or a bug shows', async () => {
    const refusal = new AppError('message.refused', 'no', {
      kind: 'permanent',
      details: { code: 'idempotency.payload_mismatch' },
    });
    for (const error of [refusal, new TypeError('x is undefined')]) {
      const world = createRecoveryWorld(queue);
      expect(await world.deliver(world.arrive(), () => Promise.reject(error))).toBe(1);
      expect(world.letters).toMatchObject([{ retryCount: 0, deliveryCount: 1 }]);
      expect(world.scheduled).toEqual([]);
    }
    const world = createRecoveryWorld(queue);
    const violations = [{ code: 'saga.not_concerned', detail: 'no' }] as const;
    await world.deliver(world.arrive(), () => Promise.resolve({ category: 'schema', violations }));
    expect(world.letters).toMatchObject([{ rejection: { category: 'schema', violations } }]);
  });

  it('cannot be kept for ever by what its producer says of its tries', async () => {
    for (const forged of ['-5', -5, 1.5, 'x', {}, Number.MAX_VALUE]) {
      const world = createRecoveryWorld(queue);
      const properties = new Map<string, unknown>([
        ['bronzeflow-retry-rounds', forged],
        ['bronzeflow-retry-attempts', forged],
      ]);
      await world.deliver(world.arrive({ properties }), fails);
      expect(await world.deliverCopies(fails)).toBeLessThanOrEqual(3);
      expect(world.letters).toHaveLength(1);
    }
  });

  it.each(['saga-events/Subscriptions/payment', 'events/ConsumerGroups/cg-data-sagas'])(
    'comes back to %s through the shared queue, where it reaches no other',
    async (consumer) => {
      for (const sessionId of ['S', undefined]) {
        const world = createRecoveryWorld(consumer);
        expect(await world.deliver(world.arrive({ sessionId }), fails)).toBe(6);
        const copy = world.scheduled[0]?.message;
        expect(copy?.properties).toMatchObject({ 'bronzeflow-origin': consumer });
        expect(copy?.sessionId).toBe(sessionId ?? copy?.messageId);
        expect(await world.deliverCopies(fails)).toBe(3);
        expect(world.letters).toMatchObject([
          { retryCount: 23, deliveryCount: 6, origin: consumer },
        ]);
        expect(world.letters[0]?.properties).toEqual(new Map());
      }
    },
  );
});

describe('a type that fails again and again', () => {
  const poison = body({ ...salesOrder(), type: 'poison' });
  const fine = body({ ...salesOrder(), type: 'fine' });
  const bug: Handler = ({ body: sent }) =>
    Buffer.from(sent).includes('poison')
      ? Promise.reject(new TypeError('x'))
      : Promise.resolve(undefined);

  it('is given up at once, until one probe tells that it works again', async () => {
    const world = createRecoveryWorld(queue, { circuitFailures: 3 });
    for (let nth = 0; nth < 5; nth += 1) {
      await world.deliver(world.arrive({ body: poison }), bug);
      await world.deliver(world.arrive({ body: fine }), bug);
    }
    expect(codesOf(world)).toEqual(['bug', 'bug', 'bug', 'circuit.open', 'circuit.open']);
    expect(world.letters[4]).toMatchObject({ retryCount: 0, rejection: { category: 'poison' } });
    world.pass(60_000);
    await world.deliver(world.arrive({ body: poison }), bug);
    await world.deliver(world.arrive({ body: poison }), bug);
    expect(codesOf(world).slice(5)).toEqual(['bug', 'circuit.open']);
    expect(world.letters[5]).toMatchObject({ rejection: { category: 'poison' } });
    world.pass(60_000);
    await world.deliver(world.arrive({ body: poison }), works);
    await world.deliver(world.arrive({ body: poison }), works);
    expect(world.letters).toHaveLength(7);
  });

  it('is not given up for what its messages say, nor for a dependency that is down', async () => {
    const world = createRecoveryWorld(queue, { circuitFailures: 1, immediate: 0 });
    const refusal = new AppError('message.refused', 'no', { kind: 'permanent' });
    const outage = new AppError('storage.unavailable', 'no', { kind: 'transient' });
    for (const error of [refusal, outage]) {
      await world.deliver(world.arrive(), () => Promise.reject(error));
      await world.deliverCopies(() => Promise.reject(error));
    }
    await world.deliver(world.arrive(), works);
    expect(codesOf(world)).toEqual(['message.refused', 'storage.unavailable']);
  });
});
