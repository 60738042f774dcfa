import type { DuckDBConnection } from '@duckdb/node-api';
import { deadLetterTable } from '../shared/ingest/dead-letter-rows.ts';
import type { TableSnapshot } from './delta-log.ts';

const view = 'brz_event_dead_letter_current';

/** Columns that only the row of a dead letter itself has; rows of changes leave them empty. */
const ownColumns = ['payload_encoding', 'payload_size'];

/** What tables that were written before have not got yet, and what it reads as there. */
const laterColumns: ReadonlyMap<string, string> = new Map([
  ['resolution_number', 'CAST(0 AS INTEGER)'],
  ['resolution_state', `CAST('open' AS VARCHAR)`],
  ['resolution_reason', 'CAST(NULL AS VARCHAR)'],
  ['payload_purged_timestamp', 'CAST(NULL AS TIMESTAMPTZ)'],
]);

/**
 * Creates the view `brz_event_dead_letter_current` over that of the table: one row for each dead
 * letter with its newest resolution, and with the payload unless it was purged.
 */
export async function createCurrentView(
  connection: DuckDBConnection,
  snapshot: TableSnapshot,
): Promise<void> {
  const names = snapshot.columns.map(({ name }) => name);
  await connection.run(`CREATE VIEW ${view} AS ${currentDeadLetters(names)}`);
}

/** The query of the view, for a table with these columns; `docs/dead-letters-in-delta.md` has it. */
function currentDeadLetters(columns: readonly string[]): string {
  const missing = [...laterColumns].filter(([name]) => !columns.includes(name));
  const all = ['*', ...missing.map(([name, value]) => `${value} AS ${name}`)].join(', ');
  const shown = [...columns, ...missing.map(([name]) => name)].map((name) => {
    if (name === 'raw_payload') return payload;
    return ownColumns.includes(name) ? `original.${name}` : `newest.${name}`;
  });
  return `
WITH changes AS (SELECT ${all} FROM ${deadLetterTable}),
ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY dead_letter_id ORDER BY coalesce(resolution_number, 0) DESC
  ) AS place
  FROM changes
)
SELECT ${shown.join(', ')}
FROM ranked AS newest
LEFT JOIN changes AS original
  ON original.dead_letter_id = newest.dead_letter_id AND coalesce(original.resolution_number, 0) = 0
WHERE newest.place = 1`;
}

const payload =
  `CASE WHEN newest.payload_purged_timestamp IS NULL THEN original.raw_payload ELSE '' END` +
  ' AS raw_payload';
