import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { toJsonCell, toTextCell } from '../../../cli/result-cells.ts';

async function valueOf(expression: string): Promise<DuckDBValue> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  const reader = await connection.runAndReadAll(`SELECT ${expression}`);
  const value = reader.getRows()[0]?.[0] ?? null;
  connection.closeSync();
  instance.closeSync();
  return value;
}

describe('cells of a result', () => {
  it.each([
    ['9007199254740991::BIGINT', Number.MAX_SAFE_INTEGER],
    ['9007199254740992::BIGINT', '9007199254740992'],
    ['170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'],
    ['58.90::DECIMAL(10, 2)', '58.90'],
    [`'NaN'::DOUBLE`, 'NaN'],
    [`TIMESTAMPTZ '1969-12-31 23:59:59.999999+00'`, '1969-12-31T23:59:59.999999Z'],
    [`DATE '2026-05-01'`, '2026-05-01'],
    [`'\\xFF'::BLOB`, '/w=='],
    [`[1, NULL]`, [1, null]],
    [`{'a': 1::BIGINT, 'b': {'c': 'd'}}`, { a: 1, b: { c: 'd' } }],
    [`MAP {'k': 2}`, { k: 2 }],
    ['NULL', null],
    ['true', true],
  ])('gives %s as JSON without losing anything', async (expression, cell) => {
    expect(toJsonCell(await valueOf(expression))).toEqual(cell);
  });

  it('shows what is nested as JSON, and null in capitals', async () => {
    expect(toTextCell(await valueOf(`{'a': [1]}`))).toBe('{"a":[1]}');
    expect(toTextCell(null)).toBe('NULL');
  });
});
