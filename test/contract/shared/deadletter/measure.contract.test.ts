import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { measureDeadLetters } from '../../../../shared/deadletter/measure-dead-letters.ts';
import { createTableDeadLetterMetrics } from '../../../../shared/deadletter/table-dead-letter-metrics.ts';
import {
  createTableDeadLetterDesk,
  createTableDeadLetterIntake,
} from '../../../../shared/deadletter/table-dead-letters.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { Log } from '../../../../shared/ports/log.ts';
import { createMemoryAnnouncements } from '../../../support/dead-letters/memory-announcements.ts';
import { createMemoryChannel } from '../../../support/dead-letters/memory-metrics.ts';
import { sampleInstant, sampleLetter } from '../../../support/dead-letters/sample-letters.ts';

const hourMs = 3_600_000;
const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let table: TableClient;
let state: { now: number };

beforeEach(async () => {
  state = { now: sampleInstant };
  table = TableClient.fromConnectionString(
    inject('storageConnection'),
    `measure${randomUUID().replaceAll('-', '')}`,
    { allowInsecureConnection: true },
  );
  await table.createTable();
});

/** One of several processes that share a table. */
function openInstance() {
  const clock = { now: () => epochMs(state.now) };
  const parts = { table, clock, newId: randomUUID, resolutions: createMemoryAnnouncements() };
  const metrics = createTableDeadLetterMetrics(table);
  const { channel, sent } = createMemoryChannel();
  const measure = () =>
    measureDeadLetters({
      ...{ metrics, channel, clock, log: silent, newId: randomUUID },
      desk: createTableDeadLetterDesk(parts),
      ...{ counts: { deadLetters: () => Promise.resolve(new Map()) }, entities: [] },
      limits: { depth: 0, hourly: 100, ageHours: 24, growth: 10 },
      normal: { weeks: 4, floor: 5 },
    });
  return { intake: createTableDeadLetterIntake(parts), metrics, measure, sent };
}

describe('the timer of dead letters, on Table Storage', () => {
  it('runs once across instances that start at the same moment: everybody is told once', async () => {
    const instances = Array.from({ length: 4 }, openInstance);
    const [first] = instances;
    await first?.intake.record([sampleLetter('one')]);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(instances.map(({ measure }) => measure()));
      state.now += 300_000;
    }
    const told = instances.flatMap(({ sent }) => sent).map(({ role, kind }) => `${role} ${kind}`);
    expect(told).toEqual(['data-engineering raised']);
  });

  it('goes on after one that crashed in its turn, and catches up with what was missed', async () => {
    const crashed = openInstance();
    await crashed.measure();
    await crashed.intake.record([sampleLetter('one'), sampleLetter('two')]);
    state.now += hourMs;
    // It takes its turn, and is gone.
    await crashed.metrics.begin(epochMs(state.now), epochMs(state.now + 240_000));
    const other = openInstance();
    await other.measure();
    expect(other.sent).toEqual([]);
    state.now += 5 * hourMs;
    await other.measure();
    expect(other.sent.map(({ kind }) => kind)).toEqual(['raised']);
    const hour = Math.floor(sampleInstant / hourMs);
    const depths = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (at) => {
        const metrics = await other.metrics.readHour(hour + at);
        return metrics?.find(({ scope }) => scope.kind === 'total')?.depth;
      }),
    );
    // The last hour is over only just: what was recorded near its end may not be counted yet.
    expect(depths).toEqual([2, 2, 2, 2, 2, undefined]);
  });
});
