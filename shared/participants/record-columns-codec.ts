/** Below what a column takes: 64 KiB, at two bytes for each character. */
const columnLength = 30_000;
/** A row takes 1 MiB, of which keys and names need some. */
const maxColumns = 17;

/**
 * The columns of a record: `record`, and as many of `record1`, `record2` … as it needs; undefined
 * for one that fits no row.
 */
export function toColumns(text: string): Readonly<Record<string, string>> | undefined {
  const pieces = cut(text);
  if (pieces.length > maxColumns) return undefined;
  return Object.fromEntries(pieces.map((piece, at) => [columnName(at), piece]));
}

/** The record that `toColumns` spread over a row; undefined for a row without its first column. */
export function fromColumns(row: object): string | undefined {
  const columns = new Map<string, unknown>(Object.entries(row));
  const pieces: string[] = [];
  for (let piece = columns.get(columnName(0)); typeof piece === 'string';) {
    pieces.push(piece);
    piece = columns.get(columnName(pieces.length));
  }
  return pieces.length === 0 ? undefined : pieces.join('');
}

function columnName(at: number): string {
  return at === 0 ? 'record' : `record${at}`;
}

function cut(text: string): readonly string[] {
  const count = Math.max(1, Math.ceil(text.length / columnLength));
  return Array.from({ length: count }, (_, at) =>
    text.slice(at * columnLength, (at + 1) * columnLength),
  );
}
