import { itemsAt, membersAt } from './json-text.ts';
import { codes, skipValue } from './json-text-scan.ts';
import type { Span } from './json-text-scan.ts';

/** The unescaped segments of a JSON pointer; `*` as a whole segment stands for any one of them. */
export type PointerPath = readonly string[];

/** The path of a JSON pointer, or undefined when the text is none. Source: RFC 6901. */
export function parsePointer(pointer: string): PointerPath | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer.slice(1).split('/').map(unescapeSegment);
}

/**
 * Every place that the path names in the value at `start` of a valid text. More than one where the
 * path has a `*` or a member name is repeated: no spelling of a text hides a value.
 */
export function findValues(text: string, start: number, path: PointerPath): readonly Span[] {
  const [segment, ...rest] = path;
  if (segment === undefined) return [{ start, end: skipValue(text, start, Infinity) }];
  return childrenAt(text, start, segment).flatMap((child) => findValues(text, child.start, rest));
}

/** A new spelling for a piece of a text. */
export interface Replacement extends Span {
  readonly text: string;
}

/** Replaces pieces of a text; of two that overlap the outer one wins. */
export function replaceSpans(text: string, replacements: readonly Replacement[]): string {
  const ordered = replacements.toSorted((left, right) =>
    left.start === right.start ? right.end - left.end : left.start - right.start,
  );
  let replaced = '';
  let at = 0;
  for (const { start, end, text: spelling } of ordered) {
    if (start < at) continue;
    replaced += text.slice(at, start) + spelling;
    at = end;
  }
  return replaced + text.slice(at);
}

function childrenAt(text: string, start: number, segment: string): readonly Span[] {
  const first = text.charCodeAt(start);
  if (first === codes.openBrace) {
    const members = membersAt(text, start);
    return segment === '*' ? members : members.filter((member) => member.name === segment);
  }
  if (first !== codes.openBracket) return [];
  const items = itemsAt(text, start);
  return segment === '*' ? items : items.filter((_, index) => String(index) === segment);
}

function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
