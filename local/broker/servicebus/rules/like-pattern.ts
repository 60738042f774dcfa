/** Matches one character: this one, or whichever. */
type LikeCharacter =
  { readonly kind: 'literal'; readonly character: string } | { readonly kind: 'one' };

/** The pattern of a LIKE: what stands between its `%`. */
export interface LikePattern {
  readonly runs: readonly (readonly LikeCharacter[])[];
}

/**
 * Compiles a LIKE pattern: `%` is any text, `_` any one character, the escape character makes the
 * next one literal. `undefined` if it escapes nothing or the escape is not one character.
 */
export function compileLike(pattern: string, escape: string | undefined): LikePattern | undefined {
  if (escape !== undefined && Array.from(escape).length !== 1) return undefined;
  const runs: LikeCharacter[][] = [[]];
  const characters = pattern[Symbol.iterator]();
  for (const character of characters) {
    if (character === escape) {
      const escaped = characters.next();
      if (escaped.done === true) return undefined;
      runs.at(-1)?.push({ kind: 'literal', character: escaped.value });
    } else append(runs, character);
  }
  return { runs };
}

/**
 * Whether the whole text matches. The first and the last run are anchored, each other run is
 * found as early as possible: at worst text times pattern steps, whatever the pattern is.
 */
export function matchesLike(pattern: LikePattern, text: string): boolean {
  const characters = Array.from(text);
  const [first = [], ...rest] = pattern.runs;
  const last = rest.pop();
  if (last === undefined) return characters.length === first.length && fits(first, characters, 0);
  if (!fits(first, characters, 0)) return false;
  let at = first.length;
  for (const run of rest) {
    const found = findRun(run, characters, at);
    if (found === undefined) return false;
    at = found + run.length;
  }
  const tail = characters.length - last.length;
  return tail >= at && fits(last, characters, tail);
}

function append(runs: LikeCharacter[][], character: string): void {
  if (character === '%') runs.push([]);
  else runs.at(-1)?.push(character === '_' ? { kind: 'one' } : { kind: 'literal', character });
}

function findRun(
  run: readonly LikeCharacter[],
  characters: readonly string[],
  from: number,
): number | undefined {
  for (let at = from; at + run.length <= characters.length; at++) {
    if (fits(run, characters, at)) return at;
  }
  return undefined;
}

function fits(run: readonly LikeCharacter[], characters: readonly string[], at: number): boolean {
  if (at + run.length > characters.length) return false;
  return run.every(
    (wanted, index) => wanted.kind === 'one' || wanted.character === characters[at + index],
  );
}
