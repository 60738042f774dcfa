import {
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api';

/** What a result shows as JSON: everything keeps its digits. */
export type JsonCell =
  string | number | boolean | null | readonly JsonCell[] | { readonly [name: string]: JsonCell };

/**
 * A cell for JSON: integers beyond 2^53 and decimals as text, instants as ISO 8601 with
 * microseconds, bytes as base64.
 */
export function toJsonCell(value: DuckDBValue): JsonCell {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return toJsonInteger(value);
  return toJsonObject(value);
}

/** A cell for a person: instants as ISO 8601, what is nested as JSON. */
export function toTextCell(value: DuckDBValue): string {
  const cell = toJsonCell(value);
  if (cell === null) return 'NULL';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

function toJsonInteger(value: bigint): JsonCell {
  const isExact = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
  return isExact ? Number(value) : String(value);
}

function toJsonObject(value: Exclude<DuckDBValue, null | string | boolean | number | bigint>) {
  if (value instanceof DuckDBListValue) return value.items.map(toJsonCell);
  if (value instanceof DuckDBStructValue) return toJsonEntries(Object.entries(value.entries));
  if (value instanceof DuckDBMapValue) {
    return toJsonEntries(value.entries.map((entry) => [toTextCell(entry.key), entry.value]));
  }
  if (value instanceof DuckDBTimestampTZValue) return toIsoText(value);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  if (value instanceof DuckDBDecimalValue) return value.toString();
  return String(value);
}

function toJsonEntries(entries: readonly (readonly [string, DuckDBValue])[]): JsonCell {
  return Object.fromEntries(entries.map(([name, value]) => [name, toJsonCell(value)]));
}

/** The connection's time zone is UTC, so DuckDB's text ends in `+00`. */
function toIsoText(instant: DuckDBTimestampTZValue): string {
  return instant.toString().replace(' ', 'T').replace(/\+00$/, 'Z');
}
