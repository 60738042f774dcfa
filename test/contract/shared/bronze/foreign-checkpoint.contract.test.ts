import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { createBronzeHouse } from '../../../support/bronze/bronze-house.ts';
import { authorNamed, sampleAppend } from '../../../support/bronze/sample-appends.ts';

const table = 'brz_event_erp_order_created';
const alice = authorNamed('0');
const log = `Tables/${table}/_delta_log/`;
const checkpoint = `${log}00000000000000000004.checkpoint.parquet`;

/** What DuckDB writes when it selects `columns` from a checkpoint: its own encodings and row groups. */
async function rewrite(bytes: Uint8Array, columns: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  const instance = await DuckDBInstance.create();
  try {
    const [from, to] = [join(folder, 'from.parquet'), join(folder, 'to.parquet')];
    await writeFile(from, bytes);
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT ${columns} FROM read_parquet('${from}')) TO '${to}'`);
    connection.closeSync();
    return await readFile(to);
  } finally {
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}

/** A table whose beginning is gone, so that everything depends on its checkpoint. */
async function houseWith(columns: string) {
  const house = createBronzeHouse();
  const writer = house.open({ checkpointInterval: 4 });
  for (let index = 0; index < 6; index += 1) {
    await writer.append(sampleAppend(table, alice, { first: index, last: index }));
  }
  await writer.idle();
  const bytes = house.store.objects.get(checkpoint)?.bytes ?? new Uint8Array();
  await house.store.put(checkpoint, await rewrite(bytes, columns));
  for (const version of [0, 1, 2, 3]) {
    await house.store.delete(`${log}${String(version).padStart(20, '0')}.json`);
  }
  return house;
}

describe('a checkpoint that another engine wrote', () => {
  it('is read like one of ours', async () => {
    const house = await houseWith('*');
    const tables = house.open();
    expect(await tables.watermark(table, alice)).toBe(5);
    expect(await tables.snapshot(table)).toMatchObject({ version: 5, rows: 6 });
  });

  it('may have columns that we do not know, and lack those that it has no use for', async () => {
    const house = await houseWith(
      `protocol, metaData, NULL::STRUCT(path VARCHAR) AS sidecar,
       CASE WHEN add IS NULL THEN NULL ELSE struct_insert(add, stats_parsed := {numRecords: 1}) END AS add`,
    );
    const tables = house.open();
    // The only txn left is in the commits after the checkpoint.
    expect(await tables.watermark(table, alice)).toBe(5);
    expect(await tables.snapshot(table)).toMatchObject({ version: 5, rows: 6 });
  });

  it('is followed by one of ours that says the same', async () => {
    const house = await houseWith('*');
    const tables = house.open({ checkpointInterval: 3 });
    await tables.append(sampleAppend(table, alice, { first: 6, last: 6 }));
    await tables.idle();
    expect(house.store.objects.has(`${log}00000000000000000006.checkpoint.parquet`)).toBe(true);
    expect(await house.open().snapshot(table)).toMatchObject({ version: 6, rows: 7 });
  });
});
