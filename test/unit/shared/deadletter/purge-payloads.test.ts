import { beforeEach, describe, expect, it } from 'vitest';
import { purgePayloads } from '../../../../shared/deadletter/purge-payloads.ts';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { durationMs, epochMs } from '../../../../shared/kernel/time.ts';
import type { ExpiredLetter } from '../../../../shared/ports/dead-letter-desk.ts';
import type { LakePayloads } from '../../../../shared/ports/lake-payloads.ts';
import { createMemoryDeadLetters } from '../../../support/dead-letters/memory-dead-letters.ts';
import {
  letterId,
  sampleInstant,
  sampleLetter,
} from '../../../support/dead-letters/sample-letters.ts';

const dayMs = 86_400_000;
const quiet = (): void => undefined;

/** A desk, a lake that has the rows of some letters, and blobs; `steps` says what happened. */
function createHouse() {
  const state = {
    now: sampleInstant,
    msPerErase: 0,
    rows: new Set<string>(),
    broken: new Set<string>(),
  };
  const [steps, errors]: [string[], string[]] = [[], []];
  const clock = { now: () => epochMs(state.now) };
  const desk = createMemoryDeadLetters(clock);
  const lake: LakePayloads = {
    erase: (letters) => {
      state.now += state.msPerErase;
      steps.push(`erase ${letters.length}`);
      const ids = letters.map(({ id }) => id);
      return Promise.resolve({
        erased: new Set(ids.filter((id) => state.rows.has(id))),
        unreadable: new Set(ids.filter((id) => state.broken.has(id))),
      });
    },
    sweep: (before) => {
      steps.push(`sweep ${(state.now - before) / dayMs}`);
      return Promise.resolve(0);
    },
  };
  const payloads = {
    remove: (reference: string) => {
      steps.push(`remove ${reference}`);
      return Promise.resolve();
    },
  };
  const options = {
    ...{ desk, lake, payloads, clock },
    log: { debug: quiet, info: quiet, warn: quiet, error: (text: string) => errors.push(text) },
    retention: durationMs(14 * dayMs),
    landing: durationMs(30 * dayMs),
    runTime: durationMs(60_000),
  };
  const die = async (name: string, landed = true, fields: object = {}): Promise<string> => {
    const record = sampleLetter(name, { deadLetteredAt: clock.now(), ...fields });
    await desk.record([record]);
    if (landed) state.rows.add(record.id);
    return record.id;
  };
  return { state, steps, errors, desk, die, options };
}

describe('purgePayloads', () => {
  let house: ReturnType<typeof createHouse>;
  beforeEach(() => {
    house = createHouse();
  });
  const purge = (change: object = {}) => purgePayloads({ ...house.options, ...change });
  const isPurged = async (id: string) => (await house.desk.show(id))?.payloadPurgedAt !== undefined;

  it('clears the analysis table, then the blob, then the row that makes it repeatable', async () => {
    const blob = { encoding: 'blob', content: 'payloads/dead-letters/x', sizeBytes: 99_999 };
    const id = await house.die('one', true, { payload: blob });
    house.state.now += 15 * dayMs;
    const settle: typeof house.desk.settle = async (...args) => {
      house.steps.push('settle');
      return await house.desk.settle(...args);
    };
    expect(await purge({ desk: { ...house.desk, settle } })).toBe(1);
    expect(house.steps).toEqual([
      'erase 1',
      'remove payloads/dead-letters/x',
      'settle',
      'sweep 14',
    ]);
    expect((await house.desk.show(id))?.resolution).toMatchObject({
      ...{ state: 'purged', by: 'retention', why: 'older than 14 days' },
    });
  });

  it('sweeps in every run, also when no letter is due', async () => {
    await house.die('young');
    expect(await purge()).toBe(0);
    expect(house.steps).toEqual(['sweep 14']);
  });

  it('leaves a letter on the list whose row has not landed, until it cannot land any more', async () => {
    const late = await house.die('late', false);
    const landed = await house.die('landed');
    house.state.now += 15 * dayMs;
    expect(await purge()).toBe(1);
    expect([await isPurged(late), await isPurged(landed)]).toEqual([false, true]);
    house.state.now += 30 * dayMs;
    expect(await purge()).toBe(1);
    expect(await isPurged(late)).toBe(true);
  });

  it('never gives up a letter whose row may be in a file that cannot be rewritten', async () => {
    const id = await house.die('stuck', false);
    house.state.broken.add(id);
    house.state.now += 365 * dayMs;
    expect(await purge()).toBe(0);
    expect(await isPurged(id)).toBe(false);
    expect(house.errors).toHaveLength(1);
  });

  it('works through all that is due in batches, those that wait included', async () => {
    for (let each = 0; each < 2_100; each += 1) await house.die(`letter ${each}`, each >= 2_000);
    house.state.now += 15 * dayMs;
    expect(await purge()).toBe(100);
    expect(house.steps).toEqual(['erase 2000', 'erase 100', 'sweep 14']);
  });

  it('begins no batch when its time is over, and goes on with the next run', async () => {
    for (let each = 0; each < 2_100; each += 1) await house.die(`letter ${each}`);
    house.state.now += 15 * dayMs;
    house.state.msPerErase = 61_000;
    expect(await purge()).toBe(2_000);
    expect(await purge()).toBe(100);
  });

  it('is stopped by a lake that is down before anything is cleared, and by one letter never', async () => {
    const ids = [await house.die('one'), await house.die('two')];
    house.state.now += 15 * dayMs;
    const down = new AppError('lake.unavailable', 'down', { kind: 'transient' });
    const lake = { ...house.options.lake, erase: () => Promise.reject(down) };
    await expect(purge({ lake })).rejects.toThrow('down');
    expect(await Promise.all(ids.map(isPurged))).toEqual([false, false]);
    const show = (id: string) => (id === ids[0] ? Promise.reject(down) : house.desk.show(id));
    expect(await purge({ desk: { ...house.desk, show } })).toBe(1);
    expect(await Promise.all(ids.map(isPurged))).toEqual([false, true]);
  });

  it('asks for the letters in the partitions that they died in', async () => {
    await house.die('one');
    house.state.now += 15 * dayMs;
    let asked: readonly ExpiredLetter[] = [];
    const erase: LakePayloads['erase'] = (letters) => {
      asked = letters;
      return Promise.resolve({ erased: new Set(), unreadable: new Set() });
    };
    await purge({ lake: { ...house.options.lake, erase } });
    expect(asked).toEqual([{ id: letterId('one'), deadLetteredAt: sampleInstant }]);
  });
});
