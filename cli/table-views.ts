import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableColumn } from './delta-log-codec.ts';
import type { TableSnapshot } from './delta-log.ts';
import { quoteName, quoteText } from './duck.ts';

/** DuckDB's types for Delta's: what a column that a file lacks reads as. */
const duckTypes: ReadonlyMap<string, string> = new Map([
  ['string', 'VARCHAR'],
  ['timestamp', 'TIMESTAMPTZ'],
  ['long', 'BIGINT'],
  ['integer', 'INTEGER'],
  ['boolean', 'BOOLEAN'],
  ['double', 'DOUBLE'],
  ['date', 'DATE'],
]);

/**
 * Creates a view with the table's name over local copies of its live files (in the order of
 * `snapshot.files`), with the columns of the schema in their order.
 */
export async function createTableView(
  connection: DuckDBConnection,
  snapshot: TableSnapshot,
  copies: readonly string[],
): Promise<void> {
  const name = quoteName(snapshot.table);
  if (copies.length === 0) {
    const columns = snapshot.columns.map(
      (column) => `${nullOf(column)} AS ${quoteName(column.name)}`,
    );
    await connection.run(`CREATE VIEW ${name} AS SELECT ${columns.join(', ')} WHERE false`);
    return;
  }
  // In a schema of their own, so that `show tables` shows only the tables of the lake.
  const partitions = `partitions.${name}`;
  await connection.run('CREATE SCHEMA IF NOT EXISTS partitions');
  await connection.run(
    `CREATE TABLE ${partitions} AS SELECT * FROM (VALUES ${partitionRows(snapshot, copies)})
     AS t(${['filename', ...snapshot.partitionColumns].map(quoteName).join(', ')})`,
  );
  const inFiles = await connection.runAndReadAll(
    `DESCRIBE SELECT * FROM read_parquet([${copies.map(quoteText).join(', ')}], union_by_name = true)`,
  );
  const found = new Set(inFiles.getRows().map(([column]) => String(column)));
  const columns = snapshot.columns.map((column) => {
    const quoted = quoteName(column.name);
    if (snapshot.partitionColumns.includes(column.name)) {
      return `CAST(p.${quoted} AS ${typeOf(column)}) AS ${quoted}`;
    }
    return found.has(column.name) ? `f.${quoted}` : `${nullOf(column)} AS ${quoted}`;
  });
  await connection.run(
    `CREATE VIEW ${name} AS SELECT ${columns.join(', ')}
     FROM read_parquet([${copies.map(quoteText).join(', ')}], union_by_name = true, filename = true) f
     JOIN ${partitions} p ON f.filename = p.filename`,
  );
}

function partitionRows(snapshot: TableSnapshot, copies: readonly string[]): string {
  const files = [...snapshot.files.values()];
  const rows = files.map(({ partitionValues }, index) => {
    const values = snapshot.partitionColumns.map((name) => partitionValues[name] ?? null);
    const cells = [copies[index] ?? '', ...values];
    return `(${cells.map((cell) => (cell === null ? 'NULL' : quoteText(cell))).join(', ')})`;
  });
  return rows.join(', ');
}

function nullOf(column: TableColumn): string {
  return `CAST(NULL AS ${typeOf(column)})`;
}

function typeOf({ type }: TableColumn): string {
  return duckTypes.get(type) ?? 'VARCHAR';
}
