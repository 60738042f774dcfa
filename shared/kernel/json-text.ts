import {
  codes,
  nesting,
  scanMembers,
  skipSpace,
  skipString,
  skipValue,
  tooDeep,
} from './json-text-scan.ts';
import type { Member, Span } from './json-text-scan.ts';

export type { Member, Span } from './json-text-scan.ts';

/** Why a text is no JSON that we read. `truncated`: it is a beginning whose end is missing. */
type JsonFault = 'malformed' | 'truncated' | 'too_deep';

/**
 * A valid JSON text, its value, and what `JSON.parse` loses of it. Numbers in `value` are doubles:
 * their digits are in `text`.
 */
export interface JsonText {
  readonly text: string;
  readonly value: unknown;
  /** Of an object: its members in their order, repeated names included. Otherwise empty. */
  readonly members: readonly Member[];
}

export type Parsed =
  | { readonly ok: true; readonly json: JsonText }
  | { readonly ok: false; readonly fault: JsonFault };

/**
 * Parses a text that nests at most `maxDepth` deep. One scan finds members and depth before
 * anything is parsed; what it found counts only if the parser then calls the text valid.
 */
export function parseJson(text: string, maxDepth: number): Parsed {
  const start = skipSpace(text, 0);
  const members: Member[] = [];
  const end =
    text.charCodeAt(start) === codes.openBrace
      ? scanMembers(text, start, { members, maxDepth: maxDepth - 1 })
      : skipValue(text, start, maxDepth);
  if (end === tooDeep) return { ok: false, fault: 'too_deep' };
  try {
    const value = JSON.parse(text) as unknown;
    return { ok: true, json: { text, value, members: withNames(text, members) } };
  } catch {
    // The engine's message quotes the text, which may hold personal values.
    return { ok: false, fault: faultOf(text) };
  }
}

/** The members of the object at `start` of a valid text. */
export function membersAt(text: string, start: number): readonly Member[] {
  const members: Member[] = [];
  scanMembers(text, start, { members, maxDepth: Infinity });
  return withNames(text, members);
}

/** The items of the array at `start` of a valid text. */
export function itemsAt(text: string, start: number): readonly Span[] {
  const items: Span[] = [];
  let at = skipSpace(text, start + 1);
  while (text.charCodeAt(at) !== codes.closeBracket) {
    const end = skipValue(text, at, Infinity);
    items.push({ start: at, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === codes.comma) at = skipSpace(text, at + 1);
  }
  return items;
}

export type Split =
  | { readonly ok: true; readonly items: readonly Span[] }
  | { readonly ok: false; readonly fault: JsonFault | 'too_many' };

/**
 * Cuts the text of an array into its items without parsing them, so that one bad item does not
 * take the others along: only the array's own brackets and commas must be right.
 */
export function splitArray(text: string, maxItems: number): Split {
  const items: Span[] = [];
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  let more = text.charCodeAt(at) !== codes.closeBracket;
  while (more) {
    const end = skipValue(text, at, Infinity);
    if (end <= at) return { ok: false, fault: faultOf(text) };
    if (items.length === maxItems) return { ok: false, fault: 'too_many' };
    items.push({ start: at, end });
    at = skipSpace(text, end);
    more = text.charCodeAt(at) === codes.comma;
    if (more) at = skipSpace(text, at + 1);
  }
  const closed = text[at] === ']' && skipSpace(text, at + 1) === text.length;
  return closed ? { ok: true, items } : { ok: false, fault: faultOf(text) };
}

/** The members with their names unescaped; hardly any text has an escape, which is seen at once. */
function withNames(text: string, members: readonly Member[]): readonly Member[] {
  return text.includes('\\') ? members.map(unescape) : members;
}

function unescape(member: Member): Member {
  if (!member.name.includes('\\')) return member;
  return { ...member, name: JSON.parse(`"${member.name}"`) as string };
}

/** Brackets that agree up to the end of the text while some, or a string, are open: truncated. */
function faultOf(text: string): JsonFault {
  const open: number[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const step = nesting(code);
    if (step === 1) open.push(code);
    // An opening bracket and its partner are two apart.
    if (step === -1 && open.pop() !== code - 2) return 'malformed';
    at = code === codes.quote ? skipString(text, at) : at + 1;
    if (at < 0) return 'truncated';
  }
  return open.length > 0 ? 'truncated' : 'malformed';
}
