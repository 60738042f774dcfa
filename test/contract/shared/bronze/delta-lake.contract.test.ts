import { randomUUID } from 'node:crypto';
import { ContainerClient } from '@azure/storage-blob';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import {
  connectLake,
  openDeltaTables,
  type DeltaOptions,
  type Lake,
  type OpenDeltaTables,
} from '../../../../shared/bronze/index.ts';
import { epochMs, systemClock } from '../../../../shared/kernel/time.ts';
import type { TableRow } from '../../../../shared/ports/delta.ts';
import { checkDeltaTable } from '../../../support/delta-checker/check-table.ts';
import { openDuckSession } from '../../../support/delta-checker/duck-session.ts';
import { blobTableFiles } from '../../../support/delta-checker/table-files.ts';
import { day, eagerUpkeep, hour } from '../../../support/bronze/bronze-house.ts';
import {
  authorNamed,
  rowId,
  sampleAppend,
  sampleRow,
  sampleSchema,
} from '../../../support/bronze/sample-appends.ts';

const containerName = `lake-${randomUUID()}`;
let requests = 0;
let lake: Lake;

beforeAll(async () => {
  lake = connectLake(
    { target: 'blob', connectionString: inject('storageConnection'), container: containerName },
    { newId: randomUUID, onRequest: () => (requests += 1) },
  );
  await lake.probe();
});

const quiet = (): void => undefined;

/** One more process that writes to the lake. */
function openWriter(options: Partial<DeltaOptions> = {}): OpenDeltaTables {
  return openDeltaTables({
    store: lake.store,
    clock: systemClock,
    newId: randomUUID,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    options,
  });
}

const newTable = (): string => `brz_event_${randomUUID().replaceAll('-', '_')}`;

function filesOf(table: string) {
  const container = new ContainerClient(inject('storageConnection'), containerName);
  return blobTableFiles(container, `Tables/${table}`);
}

/** Judged by a checker that shares no code with the writer; `nowMs` decides what had expired. */
async function expectSound(table: string, rows: number, nowMs = Date.now()) {
  const checked = await checkDeltaTable(filesOf(table), { uniqueBy: ['event_id'], nowMs });
  expect(checked.findings).toEqual([]);
  expect(checked.rowCount).toBe(rows);
  return checked;
}

describe('Delta tables on Azurite', () => {
  it(
    'take many processes with overlapping owners: every row once, versions without a gap',
    { timeout: 120_000 },
    async () => {
      const table = newTable();
      const authors = ['0', '1', '2'].map(authorNamed);
      const writers = Array.from({ length: 4 }, () =>
        openWriter({ checkpointInterval: 3, checkpointGroupRows: 5 }),
      );
      const messages = 30;
      await Promise.all(
        writers.flatMap((writer, index) =>
          authors.map(async (author) => {
            const step = 2 + index;
            for (let first = 0; first < messages; first += step) {
              const last = Math.min(first + step, messages) - 1;
              await writer.append(
                sampleAppend(table, author, { first: Math.max(0, first - 2), last }),
              );
            }
          }),
        ),
      );
      await Promise.all(writers.map((writer) => writer.idle()));
      const { txns, version } = await expectSound(table, authors.length * messages);
      expect(txns).toEqual(new Map(authors.map((author) => [author, messages - 1])));
      expect(version).toBeGreaterThan(3);
    },
  );

  it('let 20 processes create one table at once', { timeout: 120_000 }, async () => {
    const table = newTable();
    const authors = Array.from({ length: 20 }, (_, index) => authorNamed(String(index)));
    await Promise.all(
      authors.map((author) =>
        openWriter().append(sampleAppend(table, author, { first: 0, last: 1 })),
      ),
    );
    const { version } = await expectSound(table, 40);
    expect(version).toBe(19);
  });

  it('put what arrives together into few commits, three requests each', async () => {
    const table = newTable();
    const writer = openWriter();
    await writer.append(sampleAppend(table, authorNamed('a'), { first: 0, last: 0 }));
    const before = requests;
    const authors = Array.from({ length: 40 }, (_, index) => authorNamed(String(index)));
    await Promise.all(
      authors.map((author) =>
        writer.append({ ...sampleAppend(table, author, { first: 0, last: 0 }) }),
      ),
    );
    expect(requests - before).toBeLessThanOrEqual(6);
    const { version } = await expectSound(table, 41);
    expect(version).toBeLessThanOrEqual(2);
  });

  it('keep a writer and compaction out of each other’s way', async () => {
    const table = newTable();
    const [writer, keeper] = [openWriter(eagerUpkeep), openWriter(eagerUpkeep)];
    const author = authorNamed('0');
    const messages = 40;
    const landing = (async () => {
      for (let index = 0; index < messages; index += 1) {
        await writer.append(sampleAppend(table, author, { first: index, last: index }));
      }
    })();
    let merged = 0;
    const isLanded = landing.then(() => true);
    while (!(await Promise.race([isLanded, Promise.resolve(false)]))) {
      merged += (await keeper.compact(table, systemClock.now())).filesAdded;
    }
    await writer.idle();
    expect(merged).toBeGreaterThan(0);
    await expectSound(table, messages);
  });

  it('lose old versions and files to maintenance, and nothing else', async () => {
    const table = newTable();
    const writer = openWriter(eagerUpkeep);
    const author = authorNamed('0');
    for (let index = 0; index < 12; index += 1) {
      await writer.append(sampleAppend(table, author, { first: index, last: index }));
    }
    await writer.idle();
    await lake.store.put(`Tables/${table}/event_date=2026-11-20/orphan.parquet`, Buffer.from('x'));
    const [compacted, later] = [epochMs(Date.now()), epochMs(Date.now() + day)];
    expect(await writer.compact(table, compacted)).toMatchObject({
      filesRemoved: 12,
      filesAdded: 2,
    });
    expect(await writer.vacuum(table, compacted)).toEqual({ dataFilesDeleted: 0 });

    const report = await writer.maintain(table, later);
    expect(report).toMatchObject({ dataFilesDeleted: 13 });
    expect(report.logFilesDeleted).toBeGreaterThan(9);
    const { version } = await expectSound(table, 12, later - hour);
    expect(version).toBe(12);
    expect(await openWriter(eagerUpkeep).watermark(table, author)).toBe(11);
    await writer.append(sampleAppend(table, author, { first: 0, last: 12 }));
    await expectSound(table, 13, later - hour);
  });

  it('give DuckDB every value as it was, before and after compaction', async () => {
    const table = newTable();
    const writer = openWriter(eagerUpkeep);
    const author = authorNamed('0');
    const texts = [
      '{"amount":1.10e+2,"id":12345678901234567890}',
      '\ufeff{"bom":true}',
      "'; drop table x; --",
      '\u0000\u001f',
      '\u{1f600}\u{10ffff}\uffff',
      '',
    ];
    const instants = [
      0n,
      -1n,
      -62_135_596_800_000_000n,
      1_763_700_000_123_457n,
      null,
      253_402_300_799_999_999n,
    ];
    const rows = texts.map((data, index): TableRow => {
      const row = sampleRow(author, index, { data, event_time: instants[index] ?? null });
      return { ...row, partitionDate: '2026-11-20' };
    });
    for (const row of rows) {
      const through = row.sequenceNumber;
      await writer.append({ table, schema: sampleSchema, author, through, rows: [row] });
    }
    const readBack = async () => {
      const snapshot = await writer.snapshot(table);
      const duck = await openDuckSession(filesOf(table));
      try {
        const paths = (snapshot?.files ?? []).map(({ name }) =>
          name.replace(`Tables/${table}/`, ''),
        );
        return await duck.query(
          `SELECT event_id, hex(data) AS data, epoch_us(event_time)::VARCHAR AS instant
           FROM (${await duck.unionOf(paths)}) ORDER BY sequence_number`,
        );
      } finally {
        await duck.close();
      }
    };
    const expected = texts.map((data, index) => ({
      event_id: rowId(author, index),
      data: Buffer.from(data).toString('hex').toUpperCase(),
      instant: instants[index]?.toString() ?? null,
    }));
    expect(await readBack()).toEqual(expected);
    await writer.compact(table, systemClock.now());
    expect(await readBack()).toEqual(expected);
    await expectSound(table, texts.length);
  });
});
