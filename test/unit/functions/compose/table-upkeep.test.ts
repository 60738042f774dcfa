import { describe, expect, it } from 'vitest';
import {
  createTableUpkeep,
  type UpkeepOptions,
} from '../../../../functions/compose/table-upkeep.ts';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';

const day = 24 * 60 * 60 * 1000;

function createLake(names: readonly string[], broken: ReadonlyMap<string, Error> = new Map()) {
  const state = { now: Date.UTC(2026, 10, 21) };
  const calls: string[] = [];
  const logged: string[] = [];
  const call =
    <Report>(name: string, report: Report) =>
    (table: string): Promise<Report> => {
      calls.push(`${name} ${table}`);
      const error = broken.get(table);
      return error === undefined ? Promise.resolve(report) : Promise.reject(error);
    };
  const level = (name: string) => (message: string) => {
    logged.push(`${name}: ${message}`);
  };
  const options: UpkeepOptions = {
    tables: {
      tables: () => Promise.resolve(names),
      compact: call('compact', { filesRemoved: 0, filesAdded: 0, conflicts: 0 }),
      cleanLog: call('cleanLog', { checkpoint: undefined, logFilesDeleted: 0 }),
      vacuum: call('vacuum', { dataFilesDeleted: 0 }),
    },
    clock: { now: () => epochMs(state.now) },
    log: {
      debug: level('debug'),
      info: level('info'),
      warn: level('warn'),
      error: level('error'),
    },
  };
  return { state, calls, logged, upkeep: createTableUpkeep(options) };
}

describe('createTableUpkeep', () => {
  it('compacts and cleans every table each time, and vacuums it once a day', async () => {
    const { state, calls, upkeep } = createLake(['a', 'b']);
    const usual = ['compact a', 'cleanLog a', 'compact b', 'cleanLog b'];
    await upkeep();
    expect(calls.splice(0)).toEqual([
      ...usual.slice(0, 2),
      'vacuum a',
      ...usual.slice(2),
      'vacuum b',
    ]);
    state.now += day - 1;
    await upkeep();
    expect(calls.splice(0)).toEqual(usual);
    state.now += 1;
    await upkeep();
    expect(calls).toContain('vacuum a');
  });

  it('goes on with the other tables when one cannot be maintained, and tries it again', async () => {
    const down = new AppError('lake.unavailable', 'down', { kind: 'transient' });
    const corrupt = new AppError('delta.corrupt_log', 'bad', { kind: 'permanent' });
    const broken = new Map<string, Error>([
      ['a', down],
      ['b', corrupt],
    ]);
    const { calls, logged, upkeep } = createLake(['a', 'b', 'c'], broken);
    await upkeep();
    await upkeep();
    expect(calls.filter((name) => name === 'compact a')).toHaveLength(2);
    expect(calls).toContain('vacuum c');
    expect(logged).toContain('warn: A table could not be maintained this time');
    expect(logged).toContain('error: A table cannot be maintained');
  });
});
