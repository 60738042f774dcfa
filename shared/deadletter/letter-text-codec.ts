import { toAsciiJson } from '../kernel/ascii-json.ts';
import { epochMicros } from '../kernel/time.ts';
import type { DeadLetterRecord } from '../ports/dead-letters.ts';

/** Below what a column takes: 64 KiB, at two bytes for each character. */
const columnLength = 30_000;
/** A row takes 1 MiB; the rest of the row needs some of it. */
const columnsPerRow = 15;

/** The columns of a text: of the letter's own row first, then of each further row. */
export type TextRows = readonly [TextColumns, ...TextColumns[]];
type TextColumns = Readonly<Record<string, string>>;

/** The record as ASCII, cut into columns and, when it is that large, rows. */
export function toTextRows(record: DeadLetterRecord): TextRows {
  const { eventTime } = record;
  const plain = { ...record, eventTime: eventTime === null ? null : eventTime.toString() };
  const text = toAsciiJson(JSON.stringify(plain));
  const rowLength = columnLength * columnsPerRow;
  const count = Math.ceil(text.length / rowLength);
  const rowAt = (at: number): TextColumns =>
    toColumns(text.slice(at * rowLength, (at + 1) * rowLength));
  return [rowAt(0), ...Array.from({ length: count - 1 }, (_, at) => rowAt(at + 1))];
}

/** The record that `toTextRows` spread; undefined when a piece of it is missing. */
export function fromTextRows(rows: readonly object[]): DeadLetterRecord | undefined {
  try {
    const value = JSON.parse(rows.map(joinColumns).join('')) as Omit<
      DeadLetterRecord,
      'eventTime'
    > & { readonly eventTime: string | null };
    const { eventTime } = value;
    return { ...value, eventTime: eventTime === null ? null : epochMicros(BigInt(eventTime)) };
  } catch {
    return undefined;
  }
}

function toColumns(text: string): TextColumns {
  const count = Math.ceil(text.length / columnLength);
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `text${at}`,
      text.slice(at * columnLength, (at + 1) * columnLength),
    ]),
  );
}

function joinColumns(row: object): string {
  const columns = new Map<string, unknown>(Object.entries(row));
  const pieces: string[] = [];
  for (let piece = columns.get('text0'); typeof piece === 'string';) {
    pieces.push(piece);
    piece = columns.get(`text${pieces.length}`);
  }
  return pieces.join('');
}
