import { describe, expect, it } from 'vitest';
import { viewCheckpoint } from '../../../../shared/bronze/delta/codec/checkpoint-reader.ts';
import { durationMs } from '../../../../shared/kernel/time.ts';
import {
  createBronzeHouse,
  type BronzeHouse,
  day,
  idsIn,
  writeForeignCommit,
} from '../../../support/bronze/bronze-house.ts';
import { createHeldObjectStore } from '../../../support/bronze/held-object-store.ts';
import { replayTable } from '../../../support/bronze/read-table.ts';
import { authorNamed, sampleAppend } from '../../../support/bronze/sample-appends.ts';

const table = 'brz_event_erp_order_created';
const alice = authorNamed('0');
const hint = `Tables/${table}/_delta_log/_last_checkpoint`;
const name = (version: number): string =>
  `Tables/${table}/_delta_log/${String(version).padStart(20, '0')}.checkpoint.parquet`;

async function appendMany(
  tables: ReturnType<ReturnType<typeof createBronzeHouse>['open']>,
  from: number,
  to: number,
) {
  for (let index = from; index <= to; index += 1) {
    await tables.append(sampleAppend(table, alice, { first: index, last: index }));
  }
  await tables.idle();
}

const contentOf = ({ store }: BronzeHouse, object: string): Buffer =>
  Buffer.from(store.objects.get(object)?.bytes ?? []);

function rowGroupBytes(file: Buffer, index: number): Buffer {
  const group = viewCheckpoint(file, 'file').metadata.row_groups[index];
  const start = Number(group?.columns[0]?.meta_data?.data_page_offset);
  return file.subarray(start, start + Number(group?.total_compressed_size));
}

describe('checkpoints', () => {
  it('are written at every 100th version, and the hint follows', async () => {
    const house = createBronzeHouse();
    await appendMany(house.open(), 0, 205);
    const found = [...house.store.objects.keys()].filter((key) => key.includes('.checkpoint.'));
    expect(found).toEqual([name(100), name(200)]);
    const text = Buffer.from(house.store.objects.get(hint)?.bytes ?? []).toString();
    expect(JSON.parse(text)).toEqual({
      version: 200,
      size: 204,
      sizeInBytes: house.store.objects.get(name(200))?.bytes.byteLength,
      numOfAddFiles: 201,
    });
  });

  it('say the same as the whole log, at each of them', async () => {
    const house = createBronzeHouse();
    const writer = house.open({ checkpointInterval: 5, checkpointGroupRows: 4 });
    await appendMany(writer, 0, 17);
    const full = await replayTable(house.store, table);
    for (const version of [5, 10, 15]) {
      await house.store.put(hint, Buffer.from(JSON.stringify({ version })));
      const snapshot = await house.open().snapshot(table);
      expect(snapshot?.version).toBe(17);
      expect(snapshot?.files.map((file) => [file.name, file.sizeBytes]).toSorted()).toEqual(
        [...full.live].map(([path, { size }]) => [`Tables/${table}/${path}`, size]).toSorted(),
      );
      expect(snapshot?.watermarks).toEqual(full.txns);
    }
  });

  it('take over full row groups byte for byte, so that their cost does not grow with the table', async () => {
    const house = createBronzeHouse();
    const tables = house.open({ checkpointInterval: 10, checkpointGroupRows: 10 });
    await appendMany(tables, 0, 20);
    const [first, second] = [10, 20].map((version) => contentOf(house, name(version)));
    const taken = rowGroupBytes(first ?? Buffer.from(''), 1);
    expect(taken.byteLength).toBeGreaterThan(500);
    expect(second?.includes(taken)).toBe(true);
    expect((await house.open().snapshot(table))?.rows).toBe(21);
  });

  it('cost one request each beside the two of writing: the commits since the last one are at hand', async () => {
    const house = createBronzeHouse();
    const tables = house.open({ checkpointInterval: 10 });
    await appendMany(tables, 0, 19);
    house.takeRequests();
    await appendMany(tables, 20, 20);
    const requests = house.takeRequests().slice(3);
    expect(requests).toEqual([`get ${name(10)}`, `put ${name(20)}`, `get ${hint}`, `put ${hint}`]);
  });

  it('make a cold start a matter of a few requests, however long the log is', async () => {
    const house = createBronzeHouse();
    await appendMany(house.open(), 0, 203);
    house.takeRequests();
    await house.open().watermark(table, alice);
    const sent = house.takeRequests();
    expect(sent.slice(0, 2)).toEqual([`get ${hint}`, `get ${name(200)}`]);
    expect(sent).toHaveLength(3 + 16);
  });

  it('keep an older hint from overtaking a newer one', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const slow = house.open({ checkpointInterval: 4 }, view);
    const held = view.holdNext(/^put .*00004\.checkpoint/);
    for (let index = 0; index <= 4; index += 1) {
      await slow.append(sampleAppend(table, alice, { first: index, last: index }));
    }
    await held.reached;
    await appendMany(house.open({ checkpointInterval: 4 }), 5, 9);
    held.release();
    await slow.idle();
    const text = Buffer.from(house.store.objects.get(hint)?.bytes ?? []).toString();
    expect(JSON.parse(text)).toMatchObject({ version: 8 });
  });

  it('are no condition for an append: a failed one is logged, and the next one serves', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const tables = house.open({ checkpointInterval: 3 }, view);
    view.answerNext(/^put .*checkpoint/, () => Promise.reject(new Error('disk full')));
    await appendMany(tables, 0, 7);
    expect(house.warnings).toEqual(['A checkpoint failed; the next one will serve']);
    const text = Buffer.from(house.store.objects.get(hint)?.bytes ?? []).toString();
    expect(JSON.parse(text)).toMatchObject({ version: 6, numOfAddFiles: 7 });
    expect((await house.open().snapshot(table))?.rows).toBe(8);
  });

  it('are read in several parts, as others write them', async () => {
    const house = createBronzeHouse();
    const writer = house.open({ checkpointInterval: 4 });
    await appendMany(writer, 0, 5);
    const whole = house.store.objects.get(name(4))?.bytes ?? Buffer.from('');
    const part = (index: number): string =>
      name(4).replace('.parquet', `.${String(index).padStart(10, '0')}.0000000002.parquet`);
    await house.store.put(part(1), whole);
    await house.store.put(part(2), whole);
    await house.store.delete(name(4));
    await house.store.put(hint, Buffer.from('{"version":4,"parts":2}'));
    const reader = house.open();
    expect(await idsIn(reader, house.store, table)).toHaveLength(6);
    await house.store.delete(part(2));
    // Half a checkpoint is none: the log from the beginning is.
    expect(await idsIn(house.open(), house.store, table)).toHaveLength(6);
  });

  it('keep the txn of every author for ever by default, and forget old ones only when told to', async () => {
    for (const [txnRetention, expected] of [
      [undefined, 3],
      [durationMs(90 * day), undefined],
    ] as const) {
      const house = createBronzeHouse();
      const tables = house.open({ checkpointInterval: 2, txnRetention });
      const old = authorNamed('old');
      await tables.append(sampleAppend(table, old, { first: 0, last: 3 }));
      house.store.pass(100 * day);
      await appendMany(tables, 0, 3);
      expect(await house.open().watermark(table, old)).toBe(expected);
      expect(await house.open().watermark(table, alice)).toBe(3);
    }
  });

  it('keep files and metadata that another engine wrote', async () => {
    const house = createBronzeHouse();
    const tables = house.open({ checkpointInterval: 2 });
    await appendMany(tables, 0, 0);
    const add = {
      path: 'event_date=2026-11-20/a%20b.parquet',
      partitionValues: { event_date: '2026-11-20' },
      size: 10,
      modificationTime: 1,
      dataChange: true,
      tags: { ZCUBE_ID: 'x', none: null },
    };
    const domain = { domainMetadata: { domain: 'd', configuration: '{}', removed: false } };
    await writeForeignCommit(house.store, { table, version: 1 }, [
      { commitInfo: 7 },
      { add },
      domain,
    ]);
    await appendMany(tables, 1, 1);
    const snapshot = await house.open().snapshot(table);
    expect(snapshot?.files.find(({ sizeBytes }) => sizeBytes === 10)).toEqual({
      name: `Tables/${table}/event_date=2026-11-20/a b.parquet`,
      sizeBytes: 10,
      rows: undefined,
      partitionValues: { event_date: '2026-11-20' },
    });
    expect(snapshot?.rows).toBeUndefined();
  });
});

describe('snapshots', () => {
  it('tell any version that the log still holds', async () => {
    const house = createBronzeHouse();
    const tables = house.open({ checkpointInterval: 4 });
    await appendMany(tables, 0, 9);
    for (const version of [0, 3, 4, 7, 9]) {
      const snapshot = await tables.snapshot(table, version);
      expect([snapshot?.version, snapshot?.rows]).toEqual([version, version + 1]);
      expect(snapshot?.watermarks.get(alice)).toBe(version);
    }
    expect(await tables.snapshot(table, 10)).toBeUndefined();
    expect(await tables.snapshot('brz_event_none', 0)).toBeUndefined();
    expect(await tables.snapshot('brz_event_none')).toBeUndefined();
  });

  it('find the tables of the lake by their folders', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend('brz_b', alice, { first: 0, last: 0 }));
    await tables.append(sampleAppend('brz_a', alice, { first: 0, last: 0 }));
    await house.store.put('Tables/Not Ours/x', Buffer.from('x'));
    expect(await tables.tables()).toEqual(['brz_a', 'brz_b']);
  });
});
