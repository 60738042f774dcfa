/**
 * The scanner under `json-text.ts`: finds where values of a JSON text stand without reading them.
 * Total on any text: on one that is no JSON it stops somewhere or returns a negative number, and
 * never loops. Source: RFC 8259.
 */

/** A piece of a text: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A member of an object: its name, and the span of its value. */
export interface Member extends Span {
  readonly name: string;
}

export const codes = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/** The text ends inside the value. */
const unclosed = -1;
/** The value nests deeper than was allowed. */
export const tooDeep = -2;

/** `[` and `{` differ in this one bit, and so do `]` and `}`. */
const braceBit = 0x20;

/** Index of the first character at or after `at` that is no white space. */
export function skipSpace(text: string, at: number): number {
  let next = at;
  while (isSpace(text.charCodeAt(next))) next += 1;
  return next;
}

/** Index after the value at `start`, `unclosed` or `tooDeep`. */
export function skipValue(text: string, start: number, maxDepth: number): number {
  const first = text.charCodeAt(start);
  if (first === codes.quote) return skipString(text, start);
  return nesting(first) === 1 ? skipContainer(text, start, maxDepth) : skipScalar(text, start);
}

/** Index after the string that opens at `start`, or `unclosed`. */
export function skipString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, start, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? unclosed : end + 1;
}

/** Index after the number or literal at `start`. */
export function skipScalar(text: string, start: number): number {
  let at = start;
  while (at < text.length && !endsScalar(text.charCodeAt(at))) at += 1;
  return at;
}

/** 1 for an opening bracket or brace, -1 for a closing one, otherwise 0. */
export function nesting(code: number): number {
  const brace = code | braceBit;
  if (brace === codes.openBrace) return 1;
  return brace === codes.closeBrace ? -1 : 0;
}

/**
 * Appends the members of the object that opens at `start`, names as spelled between their quotes.
 * Returns the index where it stopped, `unclosed` or `tooDeep`.
 */
export function scanMembers(
  text: string,
  start: number,
  into: { readonly members: Member[]; readonly maxDepth: number },
): number {
  let at = skipSpace(text, start + 1);
  while (text.charCodeAt(at) === codes.quote) {
    const nameEnd = skipString(text, at);
    if (nameEnd < 0) return nameEnd;
    const valueStart = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = skipValue(text, valueStart, into.maxDepth);
    if (end < 0) return end;
    into.members.push({ name: text.slice(at + 1, nameEnd - 1), start: valueStart, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === codes.comma) at = skipSpace(text, at + 1);
  }
  return at;
}

function skipContainer(text: string, start: number, maxDepth: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === codes.quote) {
      at = skipString(text, at);
      if (at < 0) return unclosed;
    } else {
      at += 1;
      depth += nesting(code);
      if (depth > maxDepth) return tooDeep;
      if (depth === 0) return at;
    }
  }
  return unclosed;
}

function isEscaped(text: string, start: number, at: number): boolean {
  let first = at;
  while (first - 1 > start && text.charCodeAt(first - 1) === codes.backslash) first -= 1;
  return (at - first) % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function endsScalar(code: number): boolean {
  return code === codes.comma || code === codes.colon || nesting(code) !== 0 || isSpace(code);
}
