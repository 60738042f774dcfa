import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { authorOf, type Author } from '../../../shared/kernel/author.ts';
import type { DeltaTables, TableAppend, TableSchema } from '../../../shared/ports/delta.ts';

const schema: TableSchema = {
  columns: [
    { name: 'event_id', type: 'string' },
    { name: 'event_time', type: 'timestamp' },
    { name: 'data', type: 'string', bounds: false },
    { name: 'sequence_number', type: 'long' },
    { name: 'item_index', type: 'integer' },
  ],
  partitionColumn: 'event_date',
};

function newAuthor(): Author {
  return authorOf({
    namespace: 'ns',
    hub: `events-${randomUUID()}`,
    incarnation: '2026-11-21T00:00:00.000Z',
    consumerGroup: 'cg-data-bronze',
    partitionId: '0',
  });
}

/** The rows at the given sequence numbers, one each, spread over two days. */
function newAppend(table: string, author: Author, numbers: readonly number[]): TableAppend {
  const rows = numbers.map((sequenceNumber) => ({
    sequenceNumber,
    partitionDate: sequenceNumber % 2 === 0 ? '2026-11-20' : '2026-11-21',
    values: {
      event_id: `${author.slice(-60)}#${sequenceNumber}`,
      event_time: 1_763_683_200_000_001n + BigInt(sequenceNumber),
      data: `{"n":${sequenceNumber}}`,
      sequence_number: BigInt(sequenceNumber),
      item_index: sequenceNumber === 0 ? null : 0,
    },
  }));
  return { table, schema, author, through: numbers.at(-1) ?? -1, rows };
}

function numbersFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}

/** Tables and a way to look into them that does not trust the writer's memory. */
export interface OpenedTables {
  readonly tables: DeltaTables;
  /** `sequence_number` of every row of a table, in any order. */
  sequenceNumbers(table: string): Promise<readonly number[]>;
}

/** What every implementation of the tables must make true. */
export function deltaTablesContract(name: string, open: () => Promise<OpenedTables>): void {
  describe(`DeltaTables contract: ${name}`, () => {
    let opened: OpenedTables;
    let tables: DeltaTables;
    let table: string;
    let author: Author;

    beforeEach(async () => {
      opened = await open();
      tables = opened.tables;
      table = `brz_event_test_${randomUUID().replaceAll('-', '_')}`;
      author = newAuthor();
    });

    async function rows(): Promise<number[]> {
      return [...(await opened.sequenceNumbers(table))].sort((left, right) => left - right);
    }

    it('knows no watermark of a table or an author that it never saw', async () => {
      expect(await tables.watermark(table, author)).toBeUndefined();
      await tables.append(newAppend(table, author, [3]));
      expect(await tables.watermark(table, newAuthor())).toBeUndefined();
    });

    it('lands rows and moves the watermark of their author to what the append answers for', async () => {
      await tables.append({ ...newAppend(table, author, [0, 1, 5]), through: 8 });
      expect(await rows()).toEqual([0, 1, 5]);
      expect(await tables.watermark(table, author)).toBe(8);
    });

    it('lands an append that is repeated once', async () => {
      const append = newAppend(table, author, [0, 1, 2]);
      await tables.append(append);
      await tables.append(append);
      expect(await rows()).toEqual([0, 1, 2]);
      expect(await tables.watermark(table, author)).toBe(2);
    });

    it('lands only what is above the watermark when the borders differ', async () => {
      await tables.append(newAppend(table, author, [0, 1, 2]));
      await tables.append(newAppend(table, author, [1, 2, 3, 4]));
      await tables.append(newAppend(table, author, [0, 1]));
      expect(await rows()).toEqual([0, 1, 2, 3, 4]);
      expect(await tables.watermark(table, author)).toBe(4);
    });

    it('keeps all rows of one message together', async () => {
      const append = newAppend(table, author, [4, 5]);
      const doubled = { ...append, rows: append.rows.flatMap((row) => [row, row, row]) };
      await tables.append(doubled);
      await tables.append(doubled);
      expect(await rows()).toEqual([4, 4, 4, 5, 5, 5]);
    });

    it('decides overlapping appends of one author that arrive together in order', async () => {
      await Promise.all([
        tables.append(newAppend(table, author, [0])),
        tables.append(newAppend(table, author, [0])),
        tables.append(newAppend(table, author, [0, 1, 2])),
        tables.append(newAppend(table, author, [1, 2, 3])),
      ]);
      expect(await rows()).toEqual([0, 1, 2, 3]);
      expect(await tables.watermark(table, author)).toBe(3);
    });

    it('keeps the watermarks of authors apart', async () => {
      const authors = Array.from({ length: 12 }, newAuthor);
      await Promise.all(
        authors.map((each, place) => tables.append(newAppend(table, each, [place]))),
      );
      expect(await rows()).toEqual(numbersFrom(0, 11));
      const watermarks = authors.map((each) => tables.watermark(table, each));
      expect(await Promise.all(watermarks)).toEqual(numbersFrom(0, 11));
    });

    it('resolves without a trace when there is nothing to write', async () => {
      await tables.append({ ...newAppend(table, author, []), through: 7 });
      expect(await tables.watermark(table, author)).toBeUndefined();
    });

    it('lets two writers append to one table at once', async () => {
      const other = await open();
      const others = Array.from({ length: 5 }, newAuthor);
      await Promise.all([
        ...others.map((each) => tables.append(newAppend(table, each, [1, 2]))),
        ...others.map((each) => other.tables.append(newAppend(table, each, [1, 2, 3]))),
      ]);
      expect(await rows()).toEqual(others.flatMap(() => [1, 2, 3]).sort());
      expect(await other.tables.watermark(table, others[0] ?? author)).toBe(3);
    });
  });
}
