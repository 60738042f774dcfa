import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../../shared/kernel/time.ts';
import {
  createBronzeHouse,
  day,
  eagerUpkeep,
  hour,
  idsIn,
  minute,
  type BronzeHouse,
} from '../../../support/bronze/bronze-house.ts';
import { createHeldObjectStore } from '../../../support/bronze/held-object-store.ts';
import { authorNamed, rowId, sampleAppend } from '../../../support/bronze/sample-appends.ts';

const table = 'brz_event_erp_order_created';
const [alice, bob] = [authorNamed('0'), authorNamed('1')];
const ids = (author: typeof alice, last: number): string[] =>
  Array.from({ length: last + 1 }, (_, index) => rowId(author, index));

/** Another process lands `count` commits, hours pass, and clean-up frees their versions. */
async function growAndCleanUp(house: BronzeHouse, count: number): Promise<void> {
  const other = house.open(eagerUpkeep);
  const done = (await other.watermark(table, bob)) ?? -1;
  for (let index = 1; index <= count; index += 1) {
    await other.append(sampleAppend(table, bob, { first: done + index, last: done + index }));
  }
  await other.idle();
  house.store.pass(2 * hour);
  const { logFilesDeleted } = await other.cleanLog(table, house.store.now());
  if (logFilesDeleted === 0) throw new Error('expected a clean-up');
}

const logName = (version: number): string =>
  `Tables/${table}/_delta_log/${String(version).padStart(20, '0')}.json`;

describe('a commit that is answered too late', () => {
  it('counterexample 16: a version that clean-up has freed is not believed, and the rows land again', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const sleeper = house.open(eagerUpkeep, view);
    await sleeper.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    const held = view.holdNext(/^create/);
    const waiting = sleeper.append(sampleAppend(table, alice, { first: 1, last: 3 }));
    await held.reached;
    await growAndCleanUp(house, 8);
    expect(house.store.objects.has(logName(1))).toBe(false);
    held.release();
    await waiting;

    // The create has succeeded, where no reader looks any more.
    expect(house.store.objects.has(logName(1))).toBe(true);
    expect(house.conflicts).toEqual([{ table, version: 1 }]);
    const reader = house.open(eagerUpkeep);
    const expected = [...ids(alice, 3), ...ids(bob, 7)].toSorted();
    expect(await idsIn(reader, house.store, table)).toEqual(expected);
    expect(await reader.watermark(table, alice)).toBe(3);
  });

  it('counts when the fresh snapshot has its txn: nothing is written twice', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const tables = house.open({}, view);
    await tables.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    view.answerNext(/^create/, (answer) => {
      house.store.pass(11 * minute);
      return { ...(answer as object), at: house.store.now() };
    });
    await tables.append(sampleAppend(table, alice, { first: 1, last: 3 }));
    expect((await tables.snapshot(table))?.version).toBe(1);
    expect(await idsIn(tables, house.store, table)).toEqual(ids(alice, 3));
  });

  it('is believed within ten minutes', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const tables = house.open({}, view);
    view.answerNext(/^create/, (answer) => {
      house.store.pass(10 * minute);
      return { ...(answer as object), at: house.store.now() };
    });
    await tables.append(sampleAppend(table, alice, { first: 0, last: 3 }));
    expect(house.conflicts).toEqual([]);
  });
});

describe('a process that slept', () => {
  it('does not even ask for a version that it saw free ten minutes ago, and uploads anew', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const sleeper = house.open({}, view);
    await sleeper.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    house.takeRequests();
    // Between the upload and the commit, a vacuum could have taken the file.
    view.answerNext(/^put .*parquet/, (answer) => {
      house.store.pass(8 * day);
      return answer;
    });
    await sleeper.append(sampleAppend(table, alice, { first: 2, last: 2 }));
    const requests = house.takeRequests();
    expect(requests.filter((request) => request.startsWith('create'))).toHaveLength(1);
    expect(requests.filter((request) => request.startsWith('put'))).toHaveLength(2);
    expect(await idsIn(sleeper, house.store, table)).toEqual([rowId(alice, 0), rowId(alice, 2)]);
  });

  it('does not take a version for the newest one because clean-up took the next', async () => {
    const house = createBronzeHouse();
    const sleeper = house.open(eagerUpkeep);
    await sleeper.append(sampleAppend(table, alice, { first: 0, last: 1 }));
    await growAndCleanUp(house, 8);
    expect(house.store.objects.has(logName(1))).toBe(false);
    await sleeper.append(sampleAppend(table, alice, { first: 0, last: 3 }));
    expect(await sleeper.watermark(table, bob)).toBe(7);
    const expected = [...ids(alice, 3), ...ids(bob, 7)].toSorted();
    expect(await idsIn(sleeper, house.store, table)).toEqual(expected);
  });

  it('looks with one request again when it slept for less than half the retention', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, alice, { first: 0, last: 1 }));
    house.store.pass(14 * day);
    house.takeRequests();
    expect(await tables.watermark(table, alice)).toBe(1);
    expect(house.takeRequests()).toEqual([`get ${logName(1)}`]);
    house.store.pass(15 * day);
    await tables.watermark(table, alice);
    expect(house.takeRequests().length).toBeGreaterThan(1);
  });

  it('follows a retention that the table itself shortens', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, alice, { first: 0, last: 1 }));
    const metaData = JSON.parse(
      Buffer.from(house.store.objects.get(logName(0))?.bytes ?? [])
        .toString()
        .split('\n')[2] ?? '',
    ) as { metaData: { configuration: Record<string, string> } };
    metaData.metaData.configuration['delta.logRetentionDuration'] = 'interval 4 hours';
    await house.store.put(logName(1), Buffer.from(JSON.stringify(metaData)));
    await tables.watermark(table, alice);
    house.store.pass(3 * hour);
    house.takeRequests();
    await tables.watermark(table, alice);
    expect(house.takeRequests().length).toBeGreaterThan(1);
  });
});

describe('a cold start', () => {
  it('does not trust a hint that is older than what clean-up has taken', async () => {
    const house = createBronzeHouse();
    await house.open(eagerUpkeep).append(sampleAppend(table, alice, { first: 0, last: 1 }));
    const old = house.open(eagerUpkeep);
    for (let index = 2; index < 5; index += 1) {
      await old.append(sampleAppend(table, alice, { first: index, last: index }));
    }
    await old.idle();
    const hintName = `Tables/${table}/_delta_log/_last_checkpoint`;
    const oldHint = house.store.objects.get(hintName)?.bytes ?? Buffer.from('');
    const oldCheckpoint = `Tables/${table}/_delta_log/${'3'.padStart(20, '0')}.checkpoint.parquet`;
    const oldBytes = house.store.objects.get(oldCheckpoint)?.bytes ?? Buffer.from('');
    await growAndCleanUp(house, 8);
    // A slow writer of the old checkpoint arrives after the clean-up.
    await house.store.put(oldCheckpoint, oldBytes);
    await house.store.put(hintName, oldHint);

    const reader = house.open(eagerUpkeep);
    expect(await reader.watermark(table, bob)).toBe(7);
    expect((await reader.snapshot(table))?.rows).toBe(13);
  });

  it.each([
    ['is missing', undefined],
    ['is no JSON', Buffer.from('{"version":')],
    ['names no version', Buffer.from('{"version":"seven"}')],
    ['names a checkpoint that is gone', Buffer.from('{"version":2}')],
  ])('finds the newest version when the hint %s', async (_, hint) => {
    const house = createBronzeHouse();
    const writer = house.open(eagerUpkeep);
    for (let index = 0; index < 8; index += 1) {
      await writer.append(sampleAppend(table, alice, { first: index, last: index }));
    }
    await writer.idle();
    house.store.pass(2 * hour);
    await writer.cleanLog(table, house.store.now());
    const name = `Tables/${table}/_delta_log/_last_checkpoint`;
    await (hint === undefined ? house.store.delete(name) : house.store.put(name, hint));
    const reader = house.open(eagerUpkeep);
    expect(await reader.watermark(table, alice)).toBe(7);
    expect(await idsIn(reader, house.store, table)).toEqual(ids(alice, 7));
  });

  it('says that a log without a beginning is broken', async () => {
    const house = createBronzeHouse();
    await house.store.put(logName(7), Buffer.from('{"txn":{"appId":"x","version":1}}'));
    await expect(house.open().watermark(table, alice)).rejects.toMatchObject({
      code: 'delta.corrupt_log',
    });
  });

  it('names the feature when only checkpoints of a newer form are left', async () => {
    const house = createBronzeHouse();
    const name = `${logName(7).replace('.json', '')}.checkpoint.01234567-89ab-4def-8123-456789abcdef.parquet`;
    await house.store.put(name, Buffer.from('PAR1'));
    await expect(house.open().watermark(table, alice)).rejects.toMatchObject({
      code: 'delta.unsupported_protocol',
      message: expect.stringContaining('v2Checkpoint') as string,
    });
  });

  it('takes no options under which clean-up could overtake a writer', () => {
    const house = createBronzeHouse();
    expect(() => house.open({ logRetention: epochMs(59 * minute) as never })).toThrow(
      /logRetention/,
    );
    expect(() => house.open({ fileRetention: epochMs(59 * minute) as never })).toThrow(
      /fileRetention/,
    );
    expect(() => house.open({ checkpointInterval: 0 })).toThrow(/checkpointInterval/);
  });
});
