import type { ListedLetter } from '../ports/dead-letter-desk.ts';
import { toShownLetter } from './shown-letter.ts';

/** A text form of many letters: a head, then a line for each. */
export interface ExportFormat {
  readonly name: 'csv' | 'ndjson';
  readonly contentType: string;
  readonly head: string;
  readonly line: (letter: ListedLetter) => string;
}

const columns = [
  ...['id', 'state', 'deadLetteredAt', 'origin', 'type', 'source', 'eventId'],
  ...['category', 'code', 'detail', 'failureGroup'],
] as const;

/** Source of the lines: RFC 4180. */
const csv: ExportFormat = {
  name: 'csv',
  contentType: 'text/csv; charset=utf-8; header=present',
  head: toCsvLine(columns),
  line: (letter) => {
    const shown = new Map<string, string | null>(Object.entries(toShownLetter(letter)));
    return toCsvLine(columns.map((column) => shown.get(column) ?? ''));
  },
};

const ndjson: ExportFormat = {
  name: 'ndjson',
  contentType: 'application/x-ndjson; charset=utf-8',
  head: '',
  line: (letter) => `${JSON.stringify(toShownLetter(letter))}\n`,
};

export const exportFormats: readonly ExportFormat[] = [csv, ndjson];

function toCsvLine(cells: readonly string[]): string {
  return `${cells.map(toCsvCell).join(',')}\r\n`;
}

/**
 * A cell that spreadsheets take for a text. Producers choose most of them: what a spreadsheet would
 * take for a formula gets an apostrophe in front.
 * Source: OWASP, "CSV Injection".
 */
function toCsvCell(text: string): string {
  const isFormula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return isFormula || /[",;\s]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
