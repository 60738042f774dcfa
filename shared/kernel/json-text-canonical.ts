import { codes, skipScalar, skipSpace, skipString } from './json-text-scan.ts';

/** One text for all spellings of a JSON value. */
export interface CanonicalForm {
  readonly text: string;
  /** Member names that occur twice in one object: what such a text means depends on its reader. */
  readonly duplicates: readonly string[];
}

interface Cursor {
  readonly text: string;
  at: number;
  readonly duplicates: string[];
}

/**
 * The canonical form of the value at `start` of a valid text: members sorted by UTF-16 code units,
 * no white space, strings without needless escapes, numbers as exact decimals (`12500.00` and
 * `1.25e4` are `125e2`). Recursive: the caller has bounded the depth.
 */
export function canonicalise(text: string, start: number): CanonicalForm {
  const cursor: Cursor = { text, at: start, duplicates: [] };
  return { text: readValue(cursor), duplicates: cursor.duplicates };
}

/** The exact decimal value of a JSON number: sign, digits without outer zeros, exponent if not 0. */
export function canonicalNumber(spelling: string): string {
  const sign = spelling.startsWith('-') ? '-' : '';
  const exponentAt = spelling.search(/[eE]/);
  const mantissa = spelling.slice(sign.length, exponentAt < 0 ? undefined : exponentAt);
  const point = mantissa.indexOf('.');
  const fractionLength = point < 0 ? 0 : mantissa.length - point - 1;
  const digits = mantissa.replace('.', '');
  const last = lastNonZero(digits);
  if (last < 0) return '0';
  const shift = digits.length - 1 - last - fractionLength;
  const exponent = exponentAt < 0 ? shift : addTo(spelling.slice(exponentAt + 1), shift);
  const value = sign + digits.slice(firstNonZero(digits), last + 1);
  return Number(exponent) === 0 ? value : `${value}e${exponent.toString()}`;
}

function readValue(cursor: Cursor): string {
  const code = cursor.text.charCodeAt(cursor.at);
  if (code === codes.quote) return readString(cursor);
  if (code === codes.openBrace) return readObject(cursor);
  if (code === codes.openBracket) return readArray(cursor);
  const start = cursor.at;
  cursor.at = skipScalar(cursor.text, start);
  const spelling = cursor.text.slice(start, cursor.at);
  // Literals begin with a letter, above the digits and the minus.
  return code > 0x39 ? spelling : canonicalNumber(spelling);
}

function readString(cursor: Cursor): string {
  const start = cursor.at;
  cursor.at = skipString(cursor.text, start);
  const spelling = cursor.text.slice(start, cursor.at);
  return spelling.includes('\\') ? JSON.stringify(JSON.parse(spelling)) : spelling;
}

function readObject(cursor: Cursor): string {
  const members: { readonly name: string; readonly value: string }[] = [];
  let sorted = true;
  cursor.at = skipSpace(cursor.text, cursor.at + 1);
  while (cursor.text.charCodeAt(cursor.at) === codes.quote) {
    const name = readString(cursor);
    cursor.at = skipSpace(cursor.text, skipSpace(cursor.text, cursor.at) + 1);
    const previous = members.at(-1);
    sorted &&= previous === undefined || previous.name < name;
    members.push({ name, value: readValue(cursor) });
    skipSeparator(cursor);
  }
  cursor.at += 1;
  if (!sorted) members.sort((left, right) => (left.name < right.name ? -1 : 1));
  return joinMembers(cursor, members);
}

function joinMembers(
  cursor: Cursor,
  members: readonly { readonly name: string; readonly value: string }[],
): string {
  let joined = '';
  let previous = '';
  for (const { name, value } of members) {
    if (name === previous) cursor.duplicates.push(JSON.parse(name) as string);
    joined += `${previous === '' ? '' : ','}${name}:${value}`;
    previous = name;
  }
  return `{${joined}}`;
}

function readArray(cursor: Cursor): string {
  const items: string[] = [];
  cursor.at = skipSpace(cursor.text, cursor.at + 1);
  while (cursor.text[cursor.at] !== ']') {
    items.push(readValue(cursor));
    skipSeparator(cursor);
  }
  cursor.at += 1;
  return `[${items.join()}]`;
}

function skipSeparator(cursor: Cursor): void {
  cursor.at = skipSpace(cursor.text, cursor.at);
  if (cursor.text[cursor.at] === ',') cursor.at = skipSpace(cursor.text, cursor.at + 1);
}

function firstNonZero(digits: string): number {
  let at = 0;
  while (digits[at] === '0') at += 1;
  return at;
}

function lastNonZero(digits: string): number {
  let at = digits.length - 1;
  while (digits[at] === '0') at -= 1;
  return at;
}

/** Exact also for an exponent of any length. */
function addTo(exponent: string, shift: number): number | bigint {
  return exponent.length < 15 ? Number(exponent) + shift : BigInt(exponent) + BigInt(shift);
}
