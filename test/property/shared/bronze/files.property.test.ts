import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AddFile, Commit, RemoveFile, Txn } from '../../../../shared/bronze/delta/actions.ts';
import { buildCheckpoint } from '../../../../shared/bronze/delta/codec/checkpoint-builder.ts';
import type { ColumnValues } from '../../../../shared/bronze/delta/codec/column-encoding.ts';
import {
  readCheckpoint,
  viewCheckpoint,
} from '../../../../shared/bronze/delta/codec/checkpoint-reader.ts';
import { formatCommit, parseCommit } from '../../../../shared/bronze/delta/codec/commit-json.ts';
import { buildDataFile, type FileColumn } from '../../../../shared/bronze/delta/codec/data-file.ts';
import { readDataFile } from '../../../../shared/bronze/delta/codec/data-file-reader.ts';

const columns: readonly FileColumn[] = [
  { name: 'text', type: 'string', bounds: true },
  { name: 'opaque', type: 'string', bounds: false },
  { name: 'instant', type: 'timestamp', bounds: true },
  { name: 'long', type: 'long', bounds: true },
  { name: 'integer', type: 'integer', bounds: true },
  { name: 'flag', type: 'boolean', bounds: false },
];

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '',
    '\ufeffmark',
    '\u0000',
    '__proto__',
    "'; drop table",
    '\ud800lone',
    '\u{10ffff}'.repeat(40),
  ),
);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const nullable = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null, freq: 4 });
const row = fc.tuple(
  nullable(text),
  nullable(text),
  nullable(fc.oneof(int64, fc.bigInt({ min: -10_000n, max: 10_000n }))),
  nullable(int64),
  nullable(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  nullable(fc.boolean()),
);
/** Rows in some row groups; few distinct rows, so that dictionaries are made as well. */
const groups = fc
  .tuple(
    fc.array(row, { minLength: 1, maxLength: 12 }),
    fc.array(fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 30 }), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([rows, picks]) =>
    picks.map((group) => group.map((pick) => rows[pick % rows.length] ?? rows[0])),
  );

type Row = readonly (string | bigint | number | boolean | null)[];

function encode(rowGroups: readonly (readonly Row[])[]) {
  const builder = buildDataFile(columns);
  for (const rows of rowGroups) {
    builder.addRows(columns.map((_, index) => rows.map((values) => values[index] ?? null)));
  }
  return builder.finish();
}

/** What a value is once it has been through UTF-8. */
const asBytes = (value: Row[number]): Row[number] | Buffer =>
  typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
const normalize = (values: ColumnValues | undefined) =>
  (values ?? []).map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));

it('gives back every value of a data file, and again after merging', async () => {
  await fc.assert(
    fc.asyncProperty(groups, async (rowGroups) => {
      const rows = rowGroups.flat() as Row[];
      const file = encode(rowGroups as Row[][]);
      const first = await readDataFile(file.bytes, columns);
      const merged = buildDataFile(columns);
      merged.addRows(first?.columns ?? []);
      const second = await readDataFile(merged.finish().bytes, columns);
      for (const content of [first, second]) {
        expect(content?.rows).toBe(rows.length);
        for (const [index] of columns.entries()) {
          const expected = rows.map((values) => asBytes(values[index] ?? null));
          expect(normalize(content?.columns[index])).toEqual(expected);
        }
      }
    }),
    { numRuns: 100 },
  );
});

interface Stats {
  readonly numRecords: number;
  readonly minValues: Record<string, string | number>;
  readonly maxValues: Record<string, string | number>;
  readonly nullCount: Record<string, number>;
}

/** Compares a bound with a value of its column, by the order of the column's type. */
function order(type: FileColumn['type'], bound: string, value: Row[number]): number {
  if (type === 'string') return Buffer.compare(Buffer.from(bound), Buffer.from(String(value)));
  const number = type === 'timestamp' ? BigInt(Date.parse(bound)) * 1000n : BigInt(bound);
  const other = BigInt(value as bigint | number);
  return number < other ? -1 : Number(number > other);
}

function expectBounds(stats: Stats, column: FileColumn, values: readonly Row[number][]): void {
  const { name, type, bounds } = column;
  const [min, max] = [stats.minValues[name], stats.maxValues[name]];
  if (!bounds || values.length === 0) expect([min, max]).toEqual([undefined, undefined]);
  const orders = (bound: string | number | undefined): readonly number[] =>
    bound === undefined ? [] : values.map((value) => order(type, String(bound), value));
  const [below, above] = [orders(min), orders(max)];
  expect([below.every((sign) => sign <= 0), above.every((sign) => sign >= 0)]).toEqual([
    true,
    true,
  ]);
  const isExact = ['long', 'integer'].includes(type) && values.length > 0;
  if (isExact) expect([below.includes(0), above.includes(0)]).toEqual([true, true]);
}

it('states statistics that a count of all rows confirms', () => {
  fc.assert(
    fc.property(groups, (rowGroups) => {
      const rows = rowGroups.flat() as Row[];
      const { stats: textual } = encode(rowGroups as Row[][]);
      // Integers beyond 2^53 keep their digits, as text.
      const stats = JSON.parse(textual.replaceAll(/:(-?\d{16,})/g, ':"$1"')) as Stats;
      expect(stats.numRecords).toBe(rows.length);
      expect(Object.keys(stats.nullCount)).toEqual(columns.map(({ name }) => name));
      for (const [index, column] of columns.entries()) {
        const values = rows.map((row) => row[index] ?? null).filter((value) => value !== null);
        expect(stats.nullCount[column.name]).toBe(rows.length - values.length);
        expectBounds(stats, column, values);
      }
    }),
    { numRuns: 200 },
  );
});

const count = fc.maxSafeNat();
/** The Parquet reader builds maps as plain objects, where this one key cannot be set. */
const key = text.map((one) => one.toWellFormed()).filter((one) => one !== '__proto__');
const texts = fc.dictionary(key, fc.string());
const maybe = <Value>(name: string, value: fc.Arbitrary<Value>) =>
  fc
    .option(value, { nil: undefined })
    .map((found) => (found === undefined ? {} : { [name]: found }));
const merge = (parts: readonly object[]): object => Object.assign({}, ...parts) as object;

const txn = fc
  .tuple(fc.record({ appId: text, version: count }), maybe('lastUpdated', count))
  .map(merge) as fc.Arbitrary<Txn>;
const add = fc
  .tuple(
    fc.record({
      path: text,
      partitionValues: fc.dictionary(key, nullable(fc.string())),
      size: count,
      modificationTime: count,
      dataChange: fc.boolean(),
    }),
    maybe('stats', text),
    maybe('tags', fc.dictionary(key, nullable(fc.string()))),
  )
  .map(merge) as fc.Arbitrary<AddFile>;
const remove = fc
  .tuple(
    fc.record({ path: text, dataChange: fc.boolean() }),
    maybe('deletionTimestamp', count),
    maybe('extendedFileMetadata', fc.boolean()),
    maybe('partitionValues', fc.dictionary(key, nullable(fc.string()))),
    maybe('size', count),
  )
  .map(merge) as fc.Arbitrary<RemoveFile>;
const protocol = fc.record({
  minReaderVersion: fc.nat({ max: 9 }),
  minWriterVersion: fc.nat({ max: 9 }),
});
const metaData = fc.record({
  id: fc.uuid(),
  format: fc.record({ provider: fc.constant('parquet'), options: texts }),
  schemaString: text,
  partitionColumns: fc.array(text, { maxLength: 3 }),
  configuration: texts,
  createdTime: count,
});

it('gives back every action of a commit, whatever its texts hold', () => {
  const commit = fc.record({
    protocol,
    metaData,
    txns: fc.array(txn, { maxLength: 4 }),
    adds: fc.array(add, { maxLength: 4 }),
    removes: fc.array(remove, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(commit, fc.uuid(), (actions, txnId) => {
      const whole: Commit = { commitInfo: { txnId }, ...actions };
      const formatted = formatCommit(whole);
      const lines = formatted.split('\n').slice(0, -1);
      expect(lines).toHaveLength(
        3 + actions.txns.length + actions.adds.length + actions.removes.length,
      );
      expect(lines.every((line) => Object.keys(JSON.parse(line) as object).length === 1)).toBe(
        true,
      );
      expect(parseCommit(formatted, 'x')).toEqual(whole);
    }),
  );
});

it('gives back every action of a checkpoint as UTF-8 keeps it', async () => {
  const wellFormed = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (_, inner: unknown) =>
        typeof inner === 'string' ? inner.toWellFormed() : inner,
      ),
    );
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        protocol,
        metaData,
        txns: fc.array(txn, { maxLength: 5 }),
        adds: fc.array(add, { maxLength: 5 }),
        removes: fc.array(remove, { maxLength: 5 }),
      }),
      async (actions) => {
        const builder = buildCheckpoint();
        builder.addGroup('state', [
          { protocol: actions.protocol },
          { metaData: actions.metaData },
          ...actions.txns.map((one) => ({ txn: one })),
        ]);
        builder.addGroup(
          'remove',
          actions.removes.map((one) => ({ remove: one })),
        );
        builder.addGroup(
          'add',
          actions.adds.map((one) => ({ add: one })),
        );
        const first = viewCheckpoint(builder.finish(), 'first');
        const copy = buildCheckpoint();
        for (const index of first.groups?.keys() ?? []) copy.reuseGroup(first, index);
        const second = viewCheckpoint(copy.finish(), 'second');
        for (const view of [first, second, { ...second, groups: undefined }]) {
          const content = await readCheckpoint(view, { withFiles: true });
          expect(wellFormed(content)).toEqual(wellFormed(actions));
          const { txns, adds } = await readCheckpoint(view, { withFiles: false });
          expect([wellFormed(txns), adds]).toEqual([wellFormed(actions.txns), []]);
        }
      },
    ),
    { numRuns: 60 },
  );
});
