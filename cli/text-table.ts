/** Wider cells are cut, so that a JSON column does not push the others out of sight. */
const greatestCellWidth = 60;

/** Lays rows out in columns for a terminal; numbers are set right. */
export function formatTextTable(
  names: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [names, ...rows].map((row) => row.map(shorten));
  const widths = names.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const isNumeric = names.map((_, index) => rows.every((row) => isNumber(row[index] ?? '')));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return isNumeric[index] === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const count = rows.length === 1 ? '1 row' : `${rows.length} rows`;
  return [line(head), rule, ...body.map(line), `(${count})`, ''].join('\n');
}

/** A producer's text without line breaks and escape sequences, which must not reach a terminal. */
export function toVisible(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\u00b7');
}

function shorten(cell: string): string {
  const visible = toVisible(cell);
  return visible.length > greatestCellWidth
    ? `${visible.slice(0, greatestCellWidth - 1)}…`
    : visible;
}

function isNumber(cell: string): boolean {
  return cell === 'NULL' || /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell);
}
