import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { deadLetterSchema, deadLetterTable } from '../../../shared/ingest/dead-letter-rows.ts';
import { authorOutsideHubs } from '../../../shared/kernel/author.ts';
import {
  createLetterHouse,
  dayMs,
  type LetterHouse,
} from '../../support/dead-letters/letter-house.ts';
import { crashAt } from '../../support/bronze/crashing-object-store.ts';
import { createHeldObjectStore } from '../../support/bronze/held-object-store.ts';
import { checkDeltaTable } from '../../support/delta-checker/check-table.ts';
import { blobTableFiles } from '../../support/delta-checker/table-files.ts';

const ada = { by: 'ada', why: 'the order is a test' };
const hourMs = 3_600_000;
const large = 'x'.repeat(70_000);

let house: LetterHouse;
beforeEach(async () => {
  house = await createLetterHouse(inject('storageConnection'));
});
afterEach(() => house.close());

const current = (columns: string) =>
  house.query(`select ${columns} from brz_event_dead_letter_current order by sequence_number`);

/** Judged by a checker that shares no code with the writer. */
async function expectSound(rows: number): Promise<void> {
  const files = blobTableFiles(house.lake, `Tables/${deadLetterTable}`);
  const uniqueBy = ['dead_letter_id', 'resolution_number'];
  const checked = await checkDeltaTable(files, { uniqueBy, nowMs: house.now() });
  expect(checked.findings).toEqual([]);
  expect(checked.rowCount).toBe(rows);
}

describe('a change of resolution in the analysis table', { timeout: 60_000 }, () => {
  it('is a row of its own with the 15 columns filled in, and without a payload', async () => {
    const id = await house.die(1, 'secret');
    await house.land();
    await house.desk.settle(id, { action: 'discard', ...ada });
    await house.land();
    const [own, change] = await house.query(
      `select * from ${deadLetterTable} order by resolution_number`,
    );
    expect(own).toMatchObject({ resolved: false, resolution_number: 0, resolution_state: 'open' });
    expect(change).toEqual({
      ...own,
      ...{ raw_payload: null, payload_encoding: null, payload_size: null },
      ...{
        resolved: true,
        resolved_by: 'ada',
        resolved_timestamp: expect.stringMatching(/^20\d\d-/) as unknown,
      },
      ...{ resolution_number: 1, resolution_state: 'discarded', resolution_reason: ada.why },
    });
    expect(Object.keys(change ?? {}).slice(0, 15)).toEqual(
      deadLetterSchema.columns.slice(0, 15).map(({ name }) => name),
    );
  });

  it('is written once, however often it is announced and delivered', async () => {
    const id = await house.die(1, 'secret');
    await house.land();
    for (const action of ['discard', 'restore', 'replay'] as const) {
      await house.desk.settle(id, { action, ...ada });
    }
    await house.land();
    // What a crash of the sender between sending and noting it brings.
    for (const { body, properties } of house.hub.sent('0').slice(1)) {
      house.hub.send('0', { body, properties: Object.fromEntries(properties) });
    }
    await house.land();
    const rows = await house.query(
      `select resolution_number as n, resolution_state as state, resolved
       from ${deadLetterTable} order by n`,
    );
    expect(rows).toEqual([
      { n: 0, state: 'open', resolved: false },
      { n: 1, state: 'discarded', resolved: true },
      { n: 2, state: 'open', resolved: false },
      { n: 3, state: 'replayed', resolved: true },
    ]);
    await expectSound(4);
  });

  it('that cannot be read becomes a dead letter itself, and stops nothing', async () => {
    const properties = { 'x-bronzeflow-resolution': '1' };
    const bodies = ['', '[]', '{"number":1}', '{"number":1,"resolution":{"state":"open"}}'];
    for (const body of bodies) house.hub.send('0', { body, properties });
    await house.land();
    const rows = await house.query(`select error_code from ${deadLetterTable}`);
    expect(rows).toEqual(bodies.map(() => ({ error_code: 'deadletter.unreadable' })));
  });
});

describe('the view of current dead letters', { timeout: 60_000 }, () => {
  const shown = 'sequence_number::int as n, resolution_state as state, resolved_by as who';

  it('has one row for each, with its newest resolution and its payload', async () => {
    const [one, two] = [await house.die(1, 'secret one'), await house.die(2, 'secret two')];
    await house.die(3, 'secret three');
    await house.land();
    await house.desk.settle(one, { action: 'discard', ...ada });
    await house.desk.settle(two, { action: 'discard', ...ada });
    await house.desk.settle(two, { action: 'restore', ...ada });
    await house.land();
    expect(await current(shown)).toEqual([
      { n: 1, state: 'discarded', who: 'ada' },
      { n: 2, state: 'open', who: null },
      { n: 3, state: 'open', who: null },
    ]);
    const texts = await current(`raw_payload->>'$.data.text' as text, payload_encoding as form`);
    const form = 'utf8';
    expect(texts).toEqual(
      ['one', 'two', 'three'].map((text) => ({ text: `secret ${text}`, form })),
    );
    const columns = (await house.query(`describe ${deadLetterTable}_current`)).map(
      ({ column_name: name }) => name,
    );
    expect(columns.toSorted()).toEqual(
      [...deadLetterSchema.columns.map(({ name }) => name), 'dead_letter_date'].toSorted(),
    );
  });

  it('reads a table of before, and the same table when it has grown', async () => {
    const columns = deadLetterSchema.columns.filter(
      ({ name }) => !/^resolution_|^payload_purged/.test(name),
    );
    const partitionDate = '2026-01-01';
    const values = { dead_letter_id: 'old', raw_payload: 'kept', sequence_number: 0n };
    await house.tables.append({
      table: deadLetterTable,
      schema: { ...deadLetterSchema, columns },
      author: authorOutsideHubs('bus', 'old', '2026'),
      through: 0,
      rows: [{ sequenceNumber: 0, partitionDate, values }],
    });
    const old = { n: 0, state: 'open', who: null };
    expect(await current(shown)).toEqual([old]);
    const id = await house.die(1, 'secret');
    await house.land();
    await house.desk.settle(id, { action: 'replay', ...ada });
    await house.land();
    expect(await current(shown)).toEqual([
      { ...old, state: null },
      { n: 1, state: 'replayed', who: 'ada' },
    ]);
    expect((await current('raw_payload'))[0]).toEqual({ raw_payload: 'kept' });
  });

  it('is the query that the documentation gives for other engines', async () => {
    const text = await readFile('docs/dead-letters-in-delta.md', 'utf8');
    const query = /```sql\nCREATE VIEW \w+ AS\n(WITH[^`;]*);\n```/.exec(text)?.[1] ?? '';
    const ids = [await house.die(1, 'secret one'), await house.die(2, 'secret two')];
    await house.land();
    await house.desk.settle(ids[0] ?? '', { action: 'discard', ...ada });
    await house.land();
    const documented = await house.query(`select * from (${query}) order by sequence_number`);
    expect(documented).toHaveLength(2);
    expect(documented).toEqual(await current('*'));
    const names = await house.query(`describe ${query}`);
    expect(names).toEqual(await house.query(`describe ${deadLetterTable}_current`));
  });
});

describe('the purge of payloads', { timeout: 120_000 }, () => {
  /** An old letter in a row, an old one in a blob, a settled one, and a young one. */
  async function fill() {
    const ids = [
      await house.die(1, 'secret one'),
      await house.die(2, `secret two ${large}`),
      await house.die(3, 'secret three'),
    ];
    await house.land();
    await house.desk.settle(ids[2] ?? '', { action: 'discard', ...ada });
    await house.land();
    // The files that this replaces are young, and keep their payloads until something takes them.
    await house.tables.compact(deadLetterTable, house.now());
    house.pass(15 * dayMs);
    await house.die(4, 'secret four');
    await house.land();
    return ids;
  }

  it('leaves no byte of a payload in any blob, and everything else where it was', async () => {
    const ids = await fill();
    for (const text of ['secret one', 'secret two', 'secret three', 'secret four']) {
      expect(await house.find(text)).not.toEqual([]);
    }
    // Of the merged file and of the one before.
    expect((await house.find('secret one')).length).toBeGreaterThan(1);
    expect(await house.purge()).toBe(3);
    await house.land();
    for (const text of ['secret one', 'secret two', 'secret three']) {
      expect(await house.find(text)).toEqual([]);
    }
    expect(await house.find('secret four')).not.toEqual([]);
    const rows = await current(
      `sequence_number::int as n, resolution_state as state, resolved_by as who,
       raw_payload = '' as purged, payload_purged_timestamp is null as kept, payload_size > 0 as sized`,
    );
    const [purged, kept] = [
      { purged: true, kept: false, sized: true },
      { purged: false, kept: true, sized: true },
    ];
    expect(rows).toEqual([
      { n: 1, state: 'purged', who: 'retention', ...purged },
      { n: 2, state: 'purged', who: 'retention', ...purged },
      { n: 3, state: 'discarded', who: 'ada', ...purged },
      { n: 4, state: 'open', who: null, ...kept },
    ]);
    const file = await house.desk.show(ids[2] ?? '');
    expect(file?.record.payload.content).toBe('');
    expect(file?.resolution).toMatchObject({ state: 'discarded', ...ada });
    expect(file?.audit.map(({ action }) => action)).toEqual(['discard', 'purge']);
    // Four letters, one discarded, three purged.
    await expectSound(8);
    expect(await house.purge()).toBe(0);
  });

  it('purges nothing before the retention is over, and each letter when it is', async () => {
    await house.die(1, 'secret one');
    await house.land();
    house.pass(dayMs);
    await house.die(2, 'secret two');
    await house.land();
    house.pass(13 * dayMs - hourMs);
    expect(await house.purge()).toBe(0);
    expect(await house.find('secret one')).toHaveLength(1);
    house.pass(2 * hourMs);
    expect(await house.purge()).toBe(1);
    expect(await house.find('secret one')).toEqual([]);
    expect(await house.find('secret two')).toHaveLength(1);
    house.pass(dayMs);
    expect(await house.purge()).toBe(1);
    expect(await house.find('secret two')).toEqual([]);
  });

  it('can be read with DuckDB before, during and after it', async () => {
    await fill();
    const view = createHeldObjectStore(house.store);
    const steps = [/^put .*dead_letter_date/, /^create/, /^delete/].map((step) =>
      view.holdNext(step),
    );
    const counts = 'count(*)::int as n, count(distinct dead_letter_id)::int as ids';
    const read = () => house.query(`select ${counts} from ${deadLetterTable}`);
    expect(await read()).toEqual([{ n: 5, ids: 4 }]);
    const purging = house.purge(view);
    for (const { reached, release } of steps) {
      await reached;
      expect(await read()).toEqual([{ n: 5, ids: 4 }]);
      release();
    }
    await purging;
    expect(await read()).toEqual([{ n: 5, ids: 4 }]);
  });

  it('waits for a letter whose row has not landed yet, and for no other', async () => {
    await house.die(1, 'secret one');
    await house.die(2, 'secret two');
    await house.land();
    const late = await house.die(3, 'secret late');
    await expect(house.land(crashAt(house.store, 1, false))).rejects.toThrow('crashed');
    house.pass(15 * dayMs);
    expect((await house.desk.show(late))?.record.payload.content).toContain('secret late');
    expect(await house.purge()).toBe(2);
    expect((await house.desk.show(late))?.payloadPurgedAt).toBeUndefined();
    await house.land();
    expect(await house.purge()).toBe(1);
    expect(await house.find('secret late')).toEqual([]);
  });

  it('goes on with what a crash at any change of the lake has left', async () => {
    let crashes = 0;
    for (let isOver = false; !isOver; crashes += 1) {
      house = await createLetterHouse(inject('storageConnection'));
      await fill();
      isOver = await house.purge(crashAt(house.store, crashes + 1, crashes % 2 === 0)).then(
        () => true,
        () => false,
      );
      // What was uploaded and never committed goes when no writer can be about to commit it.
      house.pass(2 * hourMs);
      await house.purge();
      await house.land();
      for (const text of ['secret one', 'secret two', 'secret three']) {
        expect(await house.find(text)).toEqual([]);
      }
      await expectSound(8);
      await house.close();
    }
    expect(crashes).toBeGreaterThan(3);
  });
});
