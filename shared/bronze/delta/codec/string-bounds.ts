/** Minimum and maximum of text as Delta statistics want them: cut, and ordered by UTF-8 bytes. */

/** Code points kept of a long text; the length that Spark cuts to. */
const maxCodePoints = 32;
const lastCodePoint = 0x10ffff;

/** Compares two texts by their UTF-8 bytes, which is code point order and not JavaScript's `<`. */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

/** A text not above `value`, at most 32 code points long. */
export function lowerBound(value: string): string {
  const text = value.toWellFormed();
  return text.length <= maxCodePoints ? text : Array.from(text).slice(0, maxCodePoints).join('');
}

/** A text not below `value`, at most 32 code points long, or undefined where there is none. */
export function upperBound(value: string): string | undefined {
  const text = value.toWellFormed();
  if (text.length <= maxCodePoints) return text;
  const points = Array.from(text);
  return points.length <= maxCodePoints ? text : nextPrefix(points.slice(0, maxCodePoints));
}

/** The shortest text above every text that begins with `points`: the last one that can grow, grows. */
function nextPrefix(points: readonly string[]): string | undefined {
  for (let index = points.length - 1; index >= 0; index -= 1) {
    const point = points[index]?.codePointAt(0) ?? lastCodePoint;
    if (point < lastCodePoint) {
      return points.slice(0, index).join('') + String.fromCodePoint(successor(point));
    }
  }
  return undefined;
}

/** Surrogates are no code points of UTF-8: the one after U+D7FF is U+E000. */
function successor(point: number): number {
  return point === 0xd7ff ? 0xe000 : point + 1;
}

/** Moves surrogates (which stand for code points from U+10000) above U+E000 to U+FFFF. */
function codePointRank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
