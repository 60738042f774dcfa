import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openDeltaTables } from '../shared/bronze/index.ts';
import { authorOf } from '../shared/kernel/author.ts';
import { systemClock } from '../shared/kernel/time.ts';
import type { TableAppend } from '../shared/ports/delta.ts';
import { forgetfulStore } from './forgetful-store.ts';
import { median, type Bench } from './measurement.ts';

const commits = Number(process.env['BENCH_COMMITS'] ?? 100_000);
const sampleSize = 1_000;
const log = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const author = authorOf({
  namespace: 'bench',
  hub: 'events',
  incarnation: '1',
  consumerGroup: 'bench',
  partitionId: '0',
});

/** Time and memory of a commit when the log is long, against when it is short. */
export const logGrowth: Bench = {
  name: 'log-growth',
  run: async () => {
    const clock = systemClock;
    const tables = openDeltaTables({ store: forgetfulStore(), clock, newId: randomUUID, log });
    await sample(tables, 0);
    const early = await sample(tables, sampleSize);
    for (let at = 2 * sampleSize; at < commits - sampleSize; at += 1)
      await tables.append(append(at));
    const late = await sample(tables, commits - sampleSize);
    const detail = `${late.milliseconds.toFixed(2)} ms after ${commits} commits, ${early.milliseconds.toFixed(2)} ms after ${2 * sampleSize}`;
    return [
      {
        what: 'commit time, long log against short log',
        value: late.milliseconds / early.milliseconds,
        unit: 'x',
        budget: 1.25,
        kind: 'most',
        detail,
      },
      {
        what: 'heap of the writer, long log against short log',
        value: late.heapBytes / early.heapBytes,
        unit: 'x',
        budget: 1.25,
        kind: 'most',
        detail: `${megabytes(late.heapBytes)} MB against ${megabytes(early.heapBytes)} MB`,
      },
    ];
  },
};

type Tables = ReturnType<typeof openDeltaTables>;

async function sample(
  tables: Tables,
  from: number,
): Promise<{ readonly milliseconds: number; readonly heapBytes: number }> {
  const times: number[] = [];
  for (let at = from; at < from + sampleSize; at += 1) {
    const startedAt = performance.now();
    await tables.append(append(at));
    times.push(performance.now() - startedAt);
  }
  await tables.idle();
  collectGarbage();
  return { milliseconds: median(times), heapBytes: process.memoryUsage().heapUsed };
}

function append(sequenceNumber: number): TableAppend {
  return {
    table: 'brz_event_bench',
    schema: { columns: [{ name: 'event_id', type: 'string' }], partitionColumn: 'event_date' },
    author,
    through: sequenceNumber,
    rows: [{ sequenceNumber, values: { event_id: randomUUID() }, partitionDate: '2026-11-20' }],
  };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
