import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileLike,
  matchesLike,
} from '../../../../../../local/broker/servicebus/rules/like-pattern.ts';
import { evaluatePredicate } from '../../../../../../local/broker/servicebus/rules/sql-evaluator.ts';
import {
  parseAction,
  parseFilter,
} from '../../../../../../local/broker/servicebus/rules/sql-parser.ts';
import type { Truth } from '../../../../../../local/broker/servicebus/rules/values.ts';
import { messageOf } from '../../../../../unit/local/broker/servicebus/messages.ts';

const properties = { one: 1n, two: 2n, half: 0.5, yes: true, no: false, text: 'text' };
const context = { message: messageOf({ properties }), newId: () => 'id' };

/** An expression with what it must come out as, computed without the parser. */
interface Case {
  readonly source: string;
  readonly truth: Truth;
}

const leaf: fc.Arbitrary<Case> = fc.constantFrom<Case>(
  { source: 'one = 1', truth: true },
  { source: 'two < 1', truth: false },
  { source: 'yes = TRUE', truth: true },
  { source: "text LIKE 'x%'", truth: false },
  { source: 'missing = 1', truth: undefined },
  { source: "one = 'text'", truth: undefined },
  { source: 'missing IS NULL', truth: true },
  { source: 'EXISTS(missing)', truth: false },
  { source: 'two IN (1, 3)', truth: false },
  { source: 'half * 4 >= two', truth: true },
);

function and(left: Truth, right: Truth): Truth {
  if (left === false || right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
}

function negate(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

const { tree } = fc.letrec<{ tree: Case }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    tie('tree').map(({ source, truth }) => ({ source: `NOT (${source})`, truth: negate(truth) })),
    tie('tree').map(({ source, truth }) => ({ source: `(${source})`, truth })),
    fc.tuple(tie('tree'), tie('tree')).map(([left, right]) => ({
      source: `(${left.source}) AND (${right.source})`,
      truth: and(left.truth, right.truth),
    })),
    fc.tuple(tie('tree'), tie('tree')).map(([left, right]) => ({
      source: `(${left.source} OR ${right.source})`,
      truth: negate(and(negate(left.truth), negate(right.truth))),
    })),
  ),
}));

const words = fc.constantFrom(
  ...['a', 'sys', '.', 'Label', '[', ']', "'", '"', '(', ')', ',', ';', '=', '<>', '<', '+', '-'],
  ...['*', '/', '%', '1', '1.5', '1e5', 'AND', 'OR', 'NOT', 'IS', 'NULL', 'IN', 'LIKE', 'ESCAPE'],
  ...['EXISTS', 'TRUE', 'SET', 'REMOVE', 'newid', 'property', ' ', '\u0000', '\u{1F600}'],
);

describe('SQL rules', () => {
  it('come out as three-valued logic says, however they are nested', () => {
    fc.assert(
      fc.property(
        tree.filter(({ source }) => source.length <= 1024),
        ({ source, truth }) => {
          const parsed = parseFilter(source);
          if (!parsed.ok) throw new Error(`${source}: ${parsed.problem}`);
          expect(evaluatePredicate(parsed.value, context), source).toBe(truth);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are parsed, or refused with a position within the text, whatever the text is', () => {
    const soup = fc.array(words, { maxLength: 30 }).map((list) => list.join(' '));
    const texts = fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 60 }));
    fc.assert(
      fc.property(texts, (expression) => {
        for (const parsed of [parseFilter(expression), parseAction(expression)]) {
          if (parsed.ok) continue;
          const position = Number(/ at position (\d+)$/.exec(parsed.problem)?.[1]);
          expect(position).toBeGreaterThanOrEqual(1);
          expect(position).toBeLessThanOrEqual(expression.length + 1);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('compute what the language of the numbers computes', () => {
    const small = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(small, small, small, (a, b, c) => {
        const parsed = parseFilter(`(${a} - ${b}) * ${c} + ${a} % 7 = ${(a - b) * c + (a % 7)}`);
        if (!parsed.ok) throw new Error(parsed.problem);
        expect(evaluatePredicate(parsed.value, context)).toBe(true);
      }),
    );
  });
});

describe('LIKE', () => {
  it('matches as the regular expression of the same meaning', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '%', '_', '!'), { maxLength: 12 });
    fc.assert(
      fc.property(letters, letters, (textLetters, patternLetters) => {
        const text = textLetters.join('');
        const compiled = compileLike(patternLetters.join(''), '!');
        const expression = toRegExp(patternLetters);
        expect(compiled === undefined).toBe(expression === undefined);
        if (compiled !== undefined)
          expect(matchesLike(compiled, text)).toBe(expression?.test(text));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The pattern as a regular expression with the escape `!`; undefined if it escapes nothing. */
function toRegExp(letters: readonly string[]): RegExp | undefined {
  const source = letters.join('').replace(/!(.)/gs, (_, letter: string) => {
    return { '%': '\u0001', _: '\u0002', '!': '\u0003' }[letter] ?? letter;
  });
  if (source.includes('!')) return undefined;
  const translated = source
    .replaceAll('%', '.*')
    .replaceAll('_', '.')
    .replaceAll('\u0001', '%')
    .replaceAll('\u0002', '_')
    .replaceAll('\u0003', '!');
  return new RegExp(`^${translated}$`, 's');
}
