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
  const { digits, fractionLength, exponent } = takeApart(spelling, sign.length);
  let last = digits.length - 1;
  while (digits.charCodeAt(last) === zero) last -= 1;
  if (last < 0) return '0';
  let first = 0;
  while (digits.charCodeAt(first) === zero) first += 1;
  const shift = digits.length - 1 - last - fractionLength;
  const power = exponent === '' ? shift : addTo(exponent, shift);
  const value = sign + digits.slice(first, last + 1);
  return Number(power) === 0 ? value : `${value}e${power.toString()}`;
}

const zero = 0x30;

interface NumberParts {
  /** Of the whole part and the fraction, in one. */
  readonly digits: string;
  readonly fractionLength: number;
  /** With its sign, or empty. */
  readonly exponent: string;
}

function takeApart(spelling: string, start: number): NumberParts {
  const lower = spelling.indexOf('e', start);
  const at = lower < 0 ? spelling.indexOf('E', start) : lower;
  const end = at < 0 ? spelling.length : at;
  const exponent = at < 0 ? '' : spelling.slice(at + 1);
  const point = spelling.indexOf('.', start);
  if (point < 0) return { digits: spelling.slice(start, end), fractionLength: 0, exponent };
  const digits = spelling.slice(start, point) + spelling.slice(point + 1, end);
  return { digits, fractionLength: end - point - 1, exponent };
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

interface CanonicalMember {
  /** In quotes, canonical. */
  readonly name: string;
  readonly value: string;
}

function readObject(cursor: Cursor): string {
  const members: CanonicalMember[] = [];
  cursor.at = skipSpace(cursor.text, cursor.at + 1);
  while (cursor.text.charCodeAt(cursor.at) === codes.quote) {
    const name = readString(cursor);
    cursor.at = skipSpace(cursor.text, skipSpace(cursor.text, cursor.at) + 1);
    members.push({ name, value: readValue(cursor) });
    skipSeparator(cursor);
  }
  cursor.at += 1;
  sortByName(members);
  return joinMembers(cursor, members);
}

/** Few members, as nearly all objects have, are sorted faster without a comparing function. */
function sortByName(members: CanonicalMember[]): void {
  if (members.length > 32) {
    members.sort((left, right) => (left.name < right.name ? -1 : Number(left.name > right.name)));
    return;
  }
  for (const [index, member] of members.entries()) insert(members, index, member);
}

/** Moves a member down to its place among those before it. */
function insert(members: CanonicalMember[], index: number, member: CanonicalMember): void {
  let at = index;
  let before = members[at - 1];
  while (before !== undefined && before.name > member.name) {
    members[at] = before;
    at -= 1;
    before = members[at - 1];
  }
  members[at] = member;
}

function joinMembers(cursor: Cursor, members: readonly CanonicalMember[]): string {
  let joined = '';
  let previous = '';
  for (const { name, value } of members) {
    if (name === previous) cursor.duplicates.push(JSON.parse(name) as string);
    joined += `${previous === '' ? '{' : ','}${name}:${value}`;
    previous = name;
  }
  return joined === '' ? '{}' : `${joined}}`;
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

/** Exact also for an exponent of any length. */
function addTo(exponent: string, shift: number): number | bigint {
  return exponent.length < 15 ? Number(exponent) + shift : BigInt(exponent) + BigInt(shift);
}
