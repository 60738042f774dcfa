import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc, { type Scheduler } from 'fast-check';
import { expect, it } from 'vitest';
import { openDeltaTables, type OpenDeltaTables } from '../../../../shared/bronze/index.ts';
import { durationMs, type EpochMs } from '../../../../shared/kernel/time.ts';
import type { Erasure } from '../../../../shared/ports/delta.ts';
import {
  createFaultyObjectStore,
  type FaultyObjectStore,
  type Fate,
} from '../../../support/bronze/faulty-object-store.ts';
import {
  createMemoryObjectStore,
  type MemoryObjectStore,
} from '../../../support/bronze/memory-object-store.ts';
import { readRows } from '../../../support/bronze/read-table.ts';
import { findText } from '../../../support/bronze/scan-store.ts';
import { authorNamed, rowId, sampleAppend } from '../../../support/bronze/sample-appends.ts';

/**
 * Several processes land the same messages, overlapping as owners of a partition may, while requests
 * fail, answers get lost or come late, processes crash between any two requests, files are merged
 * and the log is cleaned up, or texts are erased. In the end every message is in the table once.
 */

const table = 'brz_event_erp_order_created';
const authors = [authorNamed('0'), authorNamed('1')];
const messages = 12;
const hour = 3_600_000;

interface World {
  readonly scheduler: Scheduler;
  readonly store: MemoryObjectStore;
  /** Decisions of the run, used up one after the other; when none is left, all goes well. */
  readonly fates: Iterator<Fate>;
  /** Small numbers for the borders of batches. */
  readonly borders: Iterator<number>;
  /** Times between two rounds of maintenance. */
  readonly pauses: Iterator<number>;
  readonly upkeep: Upkeep;
}

/** What a round of maintenance does, and the unit of the times between rounds. */
interface Upkeep {
  readonly pauseMs: number;
  readonly run: (tables: OpenDeltaTables, now: EpochMs) => Promise<unknown>;
}

const cleanUp: Upkeep = {
  pauseMs: hour,
  run: async (tables, now) => {
    await tables.compact(table, now);
    await tables.cleanLog(table, now);
  },
};

/** The first rows of every author lose their texts. */
const erasedNumbers = [0, 1, 2, 3];
const erasure: Erasure = {
  table,
  keyColumn: 'event_id',
  column: 'data',
  keys: new Map(
    [...Map.groupBy(erasedNumbers, (number) => `2026-11-${20 + (number % 2)}`)].map(
      ([date, numbers]) => [
        date,
        new Set(authors.flatMap((author) => numbers.map((number) => rowId(author, number)))),
      ],
    ),
  ),
};

const erase: Upkeep = {
  // A request may be on its way for several rounds, but not for as long as a sweep waits.
  pauseMs: 8 * 60_000,
  run: async (tables, now) => {
    await tables.compact(table, now);
    await tables.erase(erasure);
    await tables.sweep(table, '2026-11-21');
  },
};

interface Process {
  readonly tables: OpenDeltaTables;
  readonly view: FaultyObjectStore;
}

function startProcess({ scheduler, store, fates }: World): Process {
  const view = createFaultyObjectStore(store, {
    next: () => fates.next().value as Fate,
    turn: async (label) => {
      // The writer yields to the event loop; a chain of promises alone would never let it go on.
      await nextTurn();
      await scheduler.schedule(Promise.resolve(), label);
    },
  });
  const quiet = () => undefined;
  const tables = openDeltaTables({
    store: view,
    clock: { now: store.now },
    newId: randomUUID,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    options: {
      checkpointInterval: 3,
      checkpointGroupRows: 2,
      logRetention: durationMs(hour),
      fileRetention: durationMs(24 * hour),
      compaction: { smallBytes: 1_000_000, targetBytes: 10_000_000, maxRows: 1_000, minFiles: 2 },
    },
  });
  return { tables, view };
}

/** Lands all messages of one author, with borders of its own, as often as its process crashes. */
async function deliver(
  world: World,
  author: (typeof authors)[number],
  process: { current: Process },
) {
  for (;;) {
    const { tables, view } = process.current;
    const attempt = async (): Promise<'done' | 'again'> => {
      const watermark = (await tables.watermark(table, author)) ?? -1;
      if (watermark >= messages - 1) return 'done';
      const first = Math.max(0, watermark + 1 - (world.borders.next().value as number));
      const last = Math.min(messages - 1, watermark + 1 + (world.borders.next().value as number));
      await tables.append(sampleAppend(table, author, { first, last }));
      return 'again';
    };
    const outcome = await Promise.race([attempt().catch(() => 'again' as const), view.crashed]);
    if (outcome === 'done') return;
    if (outcome === 'crashed' && process.current.view === view)
      process.current = startProcess(world);
  }
}

/** Does the upkeep again and again, while time passes. */
async function maintain(world: World, process: { current: Process }, isDone: () => boolean) {
  while (!isDone()) {
    const { tables, view } = process.current;
    for (let turns = 0; turns < 12; turns += 1) {
      await nextTurn();
      await world.scheduler.schedule(Promise.resolve(), 'waits');
    }
    const { pauseMs, run } = world.upkeep;
    world.store.pass((world.pauses.next().value as number) * pauseMs);
    const outcome = await Promise.race([
      run(tables, world.store.now()).catch(() => 'failed'),
      view.crashed,
    ]);
    if (outcome === 'crashed' && process.current.view === view)
      process.current = startProcess(world);
  }
}

function openQuietly(store: MemoryObjectStore): OpenDeltaTables {
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  return openDeltaTables({ store, clock: { now: store.now }, newId: randomUUID, log });
}

async function expectEveryMessageOnce({ store }: World): Promise<void> {
  const snapshot = await openQuietly(store).snapshot(table);
  const rows = await readRows(store, snapshot?.files ?? []);
  const expected = authors.flatMap((author) =>
    Array.from({ length: messages }, (_, index) => rowId(author, index)),
  );
  expect(rows.map((row) => row['event_id'] as string).toSorted()).toEqual(expected.toSorted());
  expect(snapshot?.rows).toBe(expected.length);
  expect([...(snapshot?.watermarks.values() ?? [])]).toEqual([messages - 1, messages - 1]);
}

function* forever<Value>(values: readonly Value[], rest: Value): Generator<Value> {
  yield* values;
  for (;;) yield rest;
}

const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>('served') },
  { weight: 1, arbitrary: fc.constant<Fate>('sleeps') },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fate>(
      'fails-before',
      'fails-after',
      'arrives-late',
      'crashes-before',
      'crashes-after',
    ),
  },
);

async function expectNoErasedText({ store }: World): Promise<void> {
  // What was uploaded and not committed goes when nobody can commit it any more.
  store.pass(2 * hour);
  const tables = openQuietly(store);
  const { erased } = await tables.erase(erasure);
  expect(erased.size).toBe(authors.length * erasedNumbers.length);
  await tables.sweep(table, '2026-11-21');
  const objects = [...store.objects].map(([name, { bytes }]) => ({ name, bytes }));
  for (const number of erasedNumbers) {
    expect(await findText(objects, `total\\":${number}.10`)).toEqual([]);
  }
  expect(await findText(objects, `total\\":${messages - 1}.10`)).not.toEqual([]);
}

/** Any order of what happens, any faults, any borders of batches. */
async function explore(
  upkeep: Upkeep,
  numRuns: number,
  check: (world: World) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.record({
        fates: fc.array(fate, { maxLength: 200 }),
        borders: fc.array(fc.nat({ max: 4 }), { maxLength: 40 }),
        pauses: fc.array(fc.nat({ max: 3 }), { maxLength: 12 }),
      }),
      async (scheduler, { fates, borders, pauses }) => {
        const world: World = {
          ...{ scheduler, upkeep },
          store: createMemoryObjectStore(),
          fates: forever(fates, 'served'),
          borders: forever(borders, 1),
          pauses: forever(pauses, 0),
        };
        const [left, right] = [{ current: startProcess(world) }, { current: startProcess(world) }];
        let isDone = false;
        const deliveries = authors.flatMap((author) => [
          deliver(world, author, left),
          deliver(world, author, left),
          deliver(world, author, right),
        ]);
        const all = Promise.all(deliveries).finally(() => (isDone = true));
        const rounds = [left, right].map((process) => maintain(world, process, () => isDone));
        await scheduler.waitFor(Promise.all([all, ...rounds]));
        await scheduler.waitIdle();
        await expectEveryMessageOnce(world);
        await check(world);
      },
    ),
    { numRuns },
  );
}

it('lands every message once, whatever fails, crashes, overlaps or comes late', async () => {
  await explore(cleanUp, 40, () => Promise.resolve());
}, 120_000);

it('lands every message once, and leaves no text that is erased meanwhile', async () => {
  await explore(erase, 20, expectNoErasedText);
}, 240_000);
