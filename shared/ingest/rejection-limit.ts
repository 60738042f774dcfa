import type { Rejection, Violation } from '../ports/events.ts';

/** A plan stores every rejection: a hostile event must not make it large. */
const maxViolations = 20;
const maxTextLength = 1_600;
const maxCodeLength = 200;
const maxPointerLength = 200;
const maxDetailLength = 400;

/** The rejection cut to at most 20 violations and about 2 KB, with a note of how many are left out. */
export function limitRejection({ category, violations }: Rejection): Rejection {
  const [leading, ...others] = violations;
  const kept: [Violation, ...Violation[]] = [shorten(leading)];
  let length = textLength(kept[0]);
  for (const other of others) {
    const violation = shorten(other);
    length += textLength(violation);
    if (kept.length === maxViolations || length > maxTextLength) break;
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

/** A cut through a surrogate pair would not survive UTF-8. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}

function textLength({ code, detail, pointer }: Violation): number {
  return code.length + detail.length + (pointer?.length ?? 0);
}
