import { toAsciiJson } from '../../../../shared/kernel/ascii-json.ts';
import type { JsonText } from '../history/history-event.ts';

/** A column holds 32 Ki characters. */
const columnLength = 30_000;
/** Several texts share a row of at most 1 MiB with a history; what is longer goes into a blob. */
const maxColumns = 3;
const inBlob = -1;

/** Where texts are kept that are too long for a row. */
export interface LargeTexts {
  /** Stores a text beneath a folder and answers its name. */
  put(folder: string, text: string): Promise<string>;
  get(name: string): Promise<string>;
  removeAll(folder: string): Promise<void>;
}

export type Columns = Readonly<Record<string, string | number | boolean>>;

/** The columns that hold a text; the number of them is a column too, as a merge leaves others alone. */
export async function toTextColumns(
  name: string,
  text: JsonText,
  keepLarge: (text: string) => Promise<string>,
): Promise<Columns> {
  if (text === null) return { [`${name}Columns`]: 0 };
  const parts = split(toAsciiJson(text));
  if (parts.length > maxColumns) {
    return { [`${name}Columns`]: inBlob, [name]: await keepLarge(text) };
  }
  const columns = new Map(parts.map((part, index) => [columnName(name, index), part]));
  return { [`${name}Columns`]: parts.length, ...Object.fromEntries(columns) };
}

export async function fromTextColumns(
  row: Readonly<Record<string, unknown>>,
  name: string,
  largeTexts: LargeTexts,
): Promise<JsonText> {
  const count = row[`${name}Columns`];
  const first = row[name];
  if (typeof count !== 'number' || count === 0) return null;
  if (count === inBlob) return largeTexts.get(typeof first === 'string' ? first : '');
  return Array.from({ length: count }, (_, index) => row[columnName(name, index)]).join('');
}

function columnName(name: string, index: number): string {
  return index === 0 ? name : `${name}${index}`;
}

function split(text: string): string[] {
  const count = Math.max(1, Math.ceil(text.length / columnLength));
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * columnLength, (index + 1) * columnLength),
  );
}
