import { isRecord } from './json-fields.ts';

/** The number of rows that a file's statistics state, or undefined when they state none. */
export function readNumRecords(stats: string | undefined): number | undefined {
  if (stats === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(stats);
    const count = isRecord(parsed) ? parsed['numRecords'] : undefined;
    return typeof count === 'number' && Number.isSafeInteger(count) ? count : undefined;
  } catch {
    return undefined;
  }
}
