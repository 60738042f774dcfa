import { describe, expect, it } from 'vitest';
import {
  addHistoryColumn,
  clearHistoryColumns,
  noHistoryColumns,
  readHistoryColumns,
} from '../../../../../../local/host/durable/storage/history-columns.ts';
import {
  eventType,
  type HistoryEvent,
} from '../../../../../../local/host/durable/history/history-event.ts';

type Row = readonly HistoryEvent[];

const rowWith = (name: string): Row => [
  {
    ...{ EventType: eventType.eventRaised, EventId: -1, Timestamp: '2026-03-02T00:00:00.000Z' },
    ...{ Name: name, Input: null, MessageId: '1' },
  },
];

/** The row of an instance after its history was extended, row by row, as far as it has columns. */
function store(rows: readonly Row[], before: Record<string, unknown> = {}) {
  let inRow = noHistoryColumns;
  let columns = before;
  rows.forEach((row, index) => {
    const added = addHistoryColumn(inRow, row, index);
    if (added === undefined) return;
    inRow = added.after;
    columns = { ...columns, ...added.columns };
  });
  return { inRow, columns };
}

describe('the history in the row of an instance', () => {
  it('gives back every row in order, whatever characters it holds', () => {
    const rows = ['a', 'ü', '😀', '"\\\n', '\ud83d'].map(rowWith);
    const { columns, inRow } = store(rows);
    expect(readHistoryColumns(columns)).toEqual({ inRow, rows });
    for (const column of Object.values(columns)) expect(String(column)).toMatch(/^[ -~]*$/);
  });

  it('is empty in a row that has none', () => {
    expect(readHistoryColumns({})).toEqual({ inRow: noHistoryColumns, rows: [] });
  });

  it.each([
    ['many rows', 500, 1],
    ['long rows', 20, 9_000],
    ['a row that is too long for a column', 3, 30_000],
    ['a row that escapes make too long for a column', 3, 6_000],
  ])('takes only the first of %s, as many as Table Storage can hold', (what, count, length) => {
    const name = (what.includes('escapes') ? 'ü' : 'x').repeat(length);
    const rows = Array.from({ length: count }, () => rowWith(name));
    const { columns, inRow } = store(rows);
    const texts = Object.values(columns).filter((value) => typeof value === 'string');
    expect(inRow.count).toBeLessThan(count);
    expect(inRow.count).toBeLessThanOrEqual(100);
    expect(texts.join('').length).toBeLessThanOrEqual(60_000);
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(30_000);
    expect(readHistoryColumns(columns).rows).toEqual(rows.slice(0, inRow.count));
  });

  it('has no hole: after the first row of its own every row is one', () => {
    const rows = [rowWith('a'), rowWith('x'.repeat(40_000)), rowWith('b')];
    const { columns } = store(rows);
    expect(readHistoryColumns(columns).rows).toEqual(rows.slice(0, 1));
  });

  it('forgets an execution that is over', () => {
    const before = store([rowWith('old 0'), rowWith('old 1')]);
    const cleared = { ...before.columns, ...clearHistoryColumns(before.inRow) };
    expect(readHistoryColumns(cleared).rows).toEqual([]);
    expect(JSON.stringify(cleared)).not.toContain('old');
    const { columns } = store([rowWith('new')], cleared);
    expect(readHistoryColumns(columns).rows).toEqual([rowWith('new')]);
  });
});
