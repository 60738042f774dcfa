import type { Rejection, Violation } from '../ports/events.ts';

/**
 * A plan stores every rejection, and the 1,000 of a hostile JSON batch must fit in one transaction:
 * at 2 KB each they do, even if nothing in them can be compressed.
 */
const maxViolations = 20;
const maxTextBytes = 1_600;
const maxCodeLength = 160;
const maxPointerLength = 160;
const maxDetailLength = 320;

/** The rejection cut to at most 20 violations and 2 KB, with a note of how many are left out. */
export function limitRejection({ category, violations }: Rejection): Rejection {
  const [leading, ...others] = violations;
  const kept: [Violation, ...Violation[]] = [shorten(leading)];
  let bytes = textBytes(kept[0]);
  for (const other of others) {
    const violation = shorten(other);
    bytes += textBytes(violation);
    if (kept.length === maxViolations || bytes > maxTextBytes) break;
    kept.push(violation);
  }
  const omitted = violations.length - kept.length;
  if (omitted > 0) kept.push({ code: 'violations.omitted', detail: `${omitted} more` });
  return { category, violations: kept };
}

function shorten({ code, detail, pointer }: Violation): Violation {
  return {
    code: cut(code, maxCodeLength),
    detail: cut(detail, maxDetailLength),
    ...(pointer === undefined ? {} : { pointer: cut(pointer, maxPointerLength) }),
  };
}

/** What is no UTF-16, such as one half of a surrogate pair, would not survive UTF-8. */
function cut(text: string, length: number): string {
  return text.length <= length ? text.toWellFormed() : `${text.slice(0, length).toWellFormed()}…`;
}

function textBytes({ code, detail, pointer = '' }: Violation): number {
  return Buffer.byteLength(code) + Buffer.byteLength(detail) + Buffer.byteLength(pointer);
}
