import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs, epochMs } from '../../../../shared/kernel/time.ts';
import type { CircuitBreaker, Passage } from '../../../../shared/ports/circuits.ts';
import { createCircuitBreaker } from '../../../../shared/recoverability/circuit-breaker.ts';
import { probeLimit } from '../../../../shared/recoverability/circuit.ts';
import { createMemoryCircuitStore } from '../../../support/recoverability/memory-circuit-store.ts';

const log = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const settings = { failures: 3, window: durationMs(60_000), coolDown: durationMs(10_000) };
const refresh = durationMs(1_000);
const bad = { consumer: 'orders', type: 'bad' };
const good = { consumer: 'orders', type: 'good' };

/** Several instances on one store, under one clock. */
function createHouse(instances: number, pause?: () => Promise<void>) {
  let now = Date.UTC(2026, 10, 20);
  const clock = { now: () => epochMs(now) };
  const store = createMemoryCircuitStore(pause);
  const breakers = Array.from({ length: instances }, () =>
    createCircuitBreaker({ store, clock, log, settings, refresh }),
  );
  const at = (place: number): CircuitBreaker => {
    const breaker = breakers[place % breakers.length];
    if (breaker === undefined) throw new Error('there is an instance');
    return breaker;
  };
  const pass = (duration: number): void => {
    now += duration;
  };
  return { at, store, pass, all: breakers };
}

type House = ReturnType<typeof createHouse>;

async function failOften(house: House, times = settings.failures): Promise<void> {
  for (let nth = 0; nth < times; nth += 1) await (await house.at(nth).enter(bad)).report('failed');
}

const kindsOf = (passages: readonly Passage[]): readonly string[] =>
  passages.map(({ kind }) => kind);

describe('the circuit breaker', () => {
  it('asks nothing of the store for a type that works, but for one look each refresh', async () => {
    const house = createHouse(1);
    for (let nth = 0; nth < 100; nth += 1) await (await house.at(0).enter(good)).report('handled');
    expect(house.store.requests()).toBe(1);
    house.pass(refresh);
    await house.at(0).enter(good);
    expect(house.store.requests()).toBe(2);
  });

  it('opens after its failures, at every instance within the refresh, for one type alone', async () => {
    const house = createHouse(3);
    await failOften(house);
    house.pass(refresh);
    for (const breaker of house.all) {
      expect((await breaker.enter(bad)).kind).toBe('barred');
      expect((await breaker.enter(good)).kind).toBe('free');
      expect((await breaker.enter({ ...bad, consumer: 'others' })).kind).toBe('free');
    }
  });

  it('stays closed when a message is handled between failures, or they are long ago', async () => {
    const house = createHouse(1);
    for (let nth = 0; nth < 10; nth += 1) {
      await failOften(house, settings.failures - 1);
      const passage = await house.at(0).enter(bad);
      expect(passage.kind).toBe('free');
      await passage.report('handled');
    }
    for (let nth = 0; nth < 10; nth += 1) {
      await failOften(house, 1);
      house.pass(settings.window / 2);
    }
    expect((await house.at(0).enter(bad)).kind).toBe('free');
  });

  it('lets everything through while its store is down, and never throws', async () => {
    const house = createHouse(1);
    house.store.fail(new Error('down'));
    for (const outcome of ['failed', 'handled', 'inconclusive'] as const) {
      const passage = await house.at(0).enter(bad);
      expect(passage.kind).toBe('free');
      await passage.report(outcome);
    }
  });

  it('tries again at once when a probe has told nothing, and in time when it was lost', async () => {
    const house = createHouse(1);
    await failOften(house);
    house.pass(settings.coolDown);
    await (await house.at(0).enter(bad)).report('inconclusive');
    expect((await house.at(0).enter(bad)).kind).toBe('probe');
    house.pass(probeLimit - 1);
    expect((await house.at(0).enter(bad)).kind).toBe('barred');
    house.pass(1);
    expect((await house.at(0).enter(bad)).kind).toBe('probe');
  });

  it('lets exactly one probe through, of however many, at however many instances', async () => {
    const sizes = [fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 })] as const;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), ...sizes, async (scheduler, instances, messages) => {
        const house = createHouse(instances, () => scheduler.schedule(Promise.resolve()));
        const failing = failOften(house);
        await scheduler.waitFor(failing);
        house.pass(settings.coolDown + refresh);
        const entering = Array.from({ length: messages }, (_, nth) => house.at(nth).enter(bad));
        const kinds = kindsOf(await scheduler.waitFor(Promise.all(entering)));
        expect(kinds.filter((kind) => kind === 'probe')).toHaveLength(1);
        expect(kinds.filter((kind) => kind === 'free')).toEqual([]);
      }),
    );
  });

  it('always recovers when handling recovers, and never touches another type', async () => {
    const step = fc.record({
      waits: fc.integer({ min: 0, max: 30_000 }),
      outcome: fc.constantFrom('handled', 'failed', 'inconclusive', 'crash'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const house = createHouse(2);
        for (const [nth, { waits, outcome }] of steps.entries()) {
          house.pass(waits);
          expect((await house.at(nth).enter(good)).kind).toBe('free');
          const passage = await house.at(nth).enter(bad);
          if (passage.kind !== 'barred' && outcome !== 'crash') await passage.report(outcome);
        }
        // From now on every message is handled.
        house.pass(probeLimit + settings.coolDown);
        await (await house.at(0).enter(bad)).report('handled');
        house.pass(refresh);
        for (const breaker of house.all) expect((await breaker.enter(bad)).kind).toBe('free');
        expect(await house.store.list(bad.consumer)).toEqual([]);
      }),
    );
  });
});
