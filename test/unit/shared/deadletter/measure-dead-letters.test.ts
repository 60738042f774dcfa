import { describe, expect, it } from 'vitest';
import { measureDeadLetters } from '../../../../shared/deadletter/measure-dead-letters.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { DeadLetterRecord } from '../../../../shared/ports/dead-letters.ts';
import type { Log } from '../../../../shared/ports/log.ts';
import { createMemoryDeadLetters } from '../../../support/dead-letters/memory-dead-letters.ts';
import {
  createMemoryChannel,
  createMemoryMetrics,
} from '../../../support/dead-letters/memory-metrics.ts';
import { letterId, sampleLetter } from '../../../support/dead-letters/sample-letters.ts';

const hourMs = 3_600_000;
const start = Date.UTC(2026, 10, 2, 8, 30);
const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

function createHouse() {
  const state = { now: start, ids: 0 };
  const broker = new Map<string, number>();
  const clock = { now: () => epochMs(state.now) };
  const desk = createMemoryDeadLetters(clock);
  const metrics = createMemoryMetrics();
  const { channel, sent, state: webhook } = createMemoryChannel();
  const measure = () =>
    measureDeadLetters({
      ...{ desk, metrics, channel, clock, log: silent },
      entities: ['orders', 'topic/Subscriptions/sub'],
      counts: { deadLetters: () => Promise.resolve(broker) },
      newId: () => String((state.ids += 1)),
      limits: { depth: 0, hourly: 100, ageHours: 24, growth: 10 },
      normal: { weeks: 4, floor: 5 },
    });
  const arrive = async (count: number, fields: Partial<DeadLetterRecord> = {}): Promise<void> => {
    const records = Array.from({ length: count }, () => {
      state.ids += 1;
      return sampleLetter(`letter-${state.ids}`, { deadLetteredAt: clock.now(), ...fields });
    });
    await desk.record(records);
  };
  const told = (): string[] =>
    sent.splice(0).map(({ role, kind, alert }) => `${role} ${kind} ${alert.scope.kind}`);
  return { state, broker, desk, metrics, webhook, measure, arrive, told };
}

describe('measureDeadLetters', () => {
  it('tells data engineering once of a first dead letter, and when it is settled', async () => {
    const { state, desk, measure, told } = createHouse();
    await measure();
    expect(told()).toEqual([]);
    await desk.record([sampleLetter('one', { deadLetteredAt: epochMs(state.now) })]);
    await measure();
    state.now += 300_000;
    await measure();
    expect(told()).toEqual(['data-engineering raised total']);
    await desk.settle(letterId('one'), { action: 'discard', by: 'ada', why: 'a test' });
    state.now += 300_000;
    await measure();
    expect(told()).toEqual(['data-engineering resolved total']);
  });

  it('tells on-call and investigators of a flood, and takes it back when it is over', async () => {
    const { state, arrive, measure, told } = createHouse();
    await arrive(101);
    await measure();
    expect(told()).toEqual([
      'data-engineering raised total',
      'on-call raised total',
      ...['total', 'origin', 'type', 'category'].map((kind) => `investigation raised ${kind}`),
    ]);
    state.now += hourMs + 300_000;
    await measure();
    expect(told()).toEqual([
      'on-call resolved total',
      ...['total', 'origin', 'type', 'category'].map((kind) => `investigation resolved ${kind}`),
    ]);
  });

  it('tells the data steward of what is open for more than a day', async () => {
    const { state, arrive, measure, told } = createHouse();
    await arrive(1);
    await measure();
    told();
    state.now += 24 * hourMs;
    await measure();
    expect(told()).toEqual([]);
    state.now += 300_000;
    await measure();
    expect(told()).toEqual(['data-steward raised total']);
  });

  it('takes what the same hour brought in the weeks before for normal', async () => {
    const { state, arrive, measure, told, metrics } = createHouse();
    await measure();
    for (let week = 0; week < 4; week += 1) {
      await arrive(60);
      // The timer is up all the time: it never has to catch up with many hours at once.
      for (let day = 0; day < 7; day += 1) {
        state.now += 24 * hourMs;
        await measure();
      }
    }
    told();
    await arrive(95);
    await measure();
    expect(told().filter((line) => line.startsWith('investigation'))).toEqual([]);
    state.now += hourMs;
    await measure();
    const measured = await metrics.readHour(Math.floor(state.now / hourMs) - 1);
    expect(measured?.[0]).toMatchObject({ arrived: 95, normalRate: 60 });
  });

  it('catches up with the hours that it missed, with the depth of each', async () => {
    const { state, arrive, measure, metrics } = createHouse();
    await measure();
    await arrive(3);
    state.now += 2 * hourMs;
    await arrive(4);
    state.now += 3 * hourMs;
    await measure();
    const first = Math.floor(start / hourMs);
    const depths = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (at) => (await metrics.readHour(first + at))?.[0]?.depth),
    );
    expect(depths).toEqual([3, 3, 7, 7, 7, undefined]);
    const last = (await metrics.readHour(first + 4))?.[0];
    expect(last?.oldestAgeMs).toBe(5 * hourMs);
    expect((await metrics.readHour(first))?.[0]?.oldestAgeMs).toBeNull();
  });

  it('tells of what nobody has taken in yet, by entity, as brokers say it', async () => {
    const { state, broker, measure, metrics, told } = createHouse();
    broker.set('orders', 3);
    await measure();
    expect(told()).toEqual(['data-engineering raised total']);
    expect((await metrics.alerts())[0]).toMatchObject({ rule: 'any', value: 3 });
    expect(await metrics.backlog()).toEqual({
      at: start,
      waiting: [{ entity: 'orders', count: 3 }],
      unknown: ['topic/Subscriptions/sub'],
    });
    const measured = await metrics.readHour(Math.floor(start / hourMs) - 1);
    expect(measured?.at(-1)).toMatchObject({ scope: { kind: 'broker', name: 'orders' }, depth: 3 });
    broker.set('orders', 0);
    state.now += 300_000;
    await measure();
    expect(told()).toEqual(['data-engineering resolved total']);
    expect(await metrics.backlog()).toMatchObject({ waiting: [] });
  });

  it('spreads a long downtime over several runs', async () => {
    const { state, measure, metrics } = createHouse();
    await measure();
    state.now += 100 * hourMs;
    const first = Math.floor(start / hourMs);
    await measure();
    expect(await metrics.readHour(first + 47)).toBeDefined();
    expect(await metrics.readHour(first + 48)).toBeUndefined();
    state.now += 300_000;
    await measure();
    await measure();
    expect(await metrics.readHour(first + 99)).toBeDefined();
  });

  it('runs once across instances', async () => {
    const { arrive, measure, told } = createHouse();
    await arrive(1);
    await Promise.all([measure(), measure(), measure()]);
    expect(told()).toEqual(['data-engineering raised total']);
  });

  it('delivers later what a webhook did not take, ever more slowly, and shows why', async () => {
    const { state, arrive, measure, told, metrics, webhook } = createHouse();
    webhook.isDown = true;
    await arrive(1);
    await measure();
    expect(await metrics.notices(1)).toMatchObject([
      {
        delivery: 'waiting',
        attempts: 1,
        nextAt: state.now + 60_000,
        problem: 'the webhook answered 503',
      },
    ]);
    state.now += 30_000;
    await measure();
    expect(await metrics.notices(1)).toMatchObject([{ attempts: 1 }]);
    state.now += 30_000;
    await measure();
    expect(await metrics.notices(1)).toMatchObject([{ attempts: 2, nextAt: state.now + 120_000 }]);
    webhook.isDown = false;
    state.now += 120_000;
    await measure();
    expect(told()).toEqual(['data-engineering raised total']);
    expect(await metrics.notices(9)).toMatchObject([{ delivery: 'delivered', attempts: 3 }]);
  });

  it('gives a webhook up that never answers', async () => {
    const { state, arrive, measure, metrics, webhook } = createHouse();
    webhook.isDown = true;
    await arrive(1);
    for (let run = 0; run < 14; run += 1) {
      await measure();
      state.now += hourMs;
    }
    expect(await metrics.notices(1)).toMatchObject([{ delivery: 'failed', attempts: 12 }]);
  });
});
