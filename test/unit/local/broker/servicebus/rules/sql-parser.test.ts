import { describe, expect, it } from 'vitest';
import {
  parseAction,
  parseFilter,
} from '../../../../../../local/broker/servicebus/rules/sql-parser.ts';
import type { SqlPredicate } from '../../../../../../local/broker/servicebus/rules/sql-syntax.ts';

function user(name: string) {
  return { kind: 'property', property: { scope: 'user', name } } as const;
}

function literal(value: string | bigint | number | boolean | null) {
  return { kind: 'literal', value } as const;
}

function equals(name: string, value: bigint): SqlPredicate {
  return { kind: 'compare', operator: '=', left: user(name), right: literal(value) };
}

function parsed(expression: string): SqlPredicate {
  const result = parseFilter(expression);
  if (!result.ok) throw new Error(`${expression}: ${result.problem}`);
  return result.value;
}

describe('The parser of SQL filters', () => {
  it('binds NOT before AND before OR', () => {
    expect(parsed('NOT a = 1 AND b = 2 OR c = 3')).toEqual({
      kind: 'or',
      left: {
        kind: 'and',
        left: { kind: 'not', operand: equals('a', 1n) },
        right: equals('b', 2n),
      },
      right: equals('c', 3n),
    });
  });

  it('binds products before sums, and both to the left', () => {
    const { left } = parsed('a - b - 2 * 3 = 0') as { left: unknown } & SqlPredicate;
    expect(left).toEqual({
      kind: 'arithmetic',
      operator: '-',
      left: { kind: 'arithmetic', operator: '-', left: user('a'), right: user('b') },
      right: { kind: 'arithmetic', operator: '*', left: literal(2n), right: literal(3n) },
    });
  });

  it('tells a parenthesis around a predicate from one around a value', () => {
    expect(parsed('(a = 1)')).toEqual(equals('a', 1n));
    expect(parsed('((a)) = (1)')).toEqual(equals('a', 1n));
    expect(parsed('(a = 1 OR b = 2) AND (c) = 3')).toEqual({
      kind: 'and',
      left: { kind: 'or', left: equals('a', 1n), right: equals('b', 2n) },
      right: equals('c', 3n),
    });
  });

  it.each([
    ['7', 7n],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['1894.1204', 1894.1204],
    ['101.5E5', 101.5e5],
    ['0.5E-2', 0.005],
    ['1e3', 1000],
    ["'it''s'", "it's"],
    ["''", ''],
    ["'\u{1F600} \u00e9'", '\u{1F600} \u00e9'],
    ['TRUE', true],
    ['false', false],
    ['NULL', null],
  ])('reads the constant %s', (source, value) => {
    expect(parsed(`x = ${source}`)).toMatchObject({ right: literal(value) });
  });

  it.each([
    ['plain', 'plain'],
    ['\u00c4pfel_2', '\u00c4pfel_2'],
    ['[with space]', 'with space'],
    ['[a]]b]', 'a]b'],
    ['"say ""hi"""', 'say "hi"'],
    ['[and]', 'and'],
    ['user.x', 'x'],
    ['USER.[x.y]', 'x.y'],
    ['[__proto__]', '__proto__'],
  ])('reads the property %s', (source, name) => {
    expect(parsed(`${source} = 1`)).toMatchObject({ left: user(name) });
  });

  it.each([
    ['sys.Label', 'subject'],
    ['SYS.messageid', 'messageId'],
    ['sys.[To]', 'to'],
    ['sys.ReplyToSessionId', 'replyToSessionId'],
  ])('reads the system property %s', (source, name) => {
    expect(parsed(`${source} = 'x'`)).toMatchObject({ left: { property: { scope: 'sys', name } } });
  });

  it('reads every kind of test', () => {
    const property = { scope: 'user', name: 'x' };
    expect(parsed('x is null')).toEqual({ kind: 'isNull', property });
    expect(parsed('x IS NOT NULL')).toEqual({
      kind: 'not',
      operand: { kind: 'isNull', property },
    });
    expect(parsed('exists(x)')).toEqual({ kind: 'exists', property });
    expect(parsed("x NOT IN ('a', 1)")).toEqual({
      kind: 'not',
      operand: { kind: 'in', operand: user('x'), list: [literal('a'), literal(1n)] },
    });
    expect(parsed("x LIKE 'a\\%' ESCAPE '\\'")).toEqual({
      kind: 'like',
      operand: user('x'),
      pattern: literal('a\\%'),
      escape: literal('\\'),
    });
    expect(parsed('property(x) = -p(y)')).toMatchObject({
      left: { kind: 'propertyNamed', name: user('x') },
      right: { kind: 'sign', sign: '-', operand: { kind: 'propertyNamed' } },
    });
    expect(parsed('x != newid()')).toMatchObject({ operator: '<>', right: { kind: 'newId' } });
  });

  it.each([
    ['', 'expected the name of a property, found the end at position 1'],
    ['x', 'expected a comparison, IS, IN or LIKE, found the end at position 2'],
    ['x = ', 'expected the name of a property, found the end at position 5'],
    ['x = 1 y = 2', 'expected AND, OR or the end, found "y" at position 7'],
    ['x == 1', 'expected the name of a property, found "=" at position 4'],
    ['(x = 1', 'expected ")", found the end at position 7'],
    ['x = 1)', 'expected AND, OR or the end, found ")" at position 6'],
    ["x = 'open", "no closing ' for what begins at position 5"],
    ['[open = 1', 'no closing ] for what begins at position 1'],
    ['x = @p', 'unexpected "@" at position 5'],
    [
      '_x = 1',
      'unexpected "_"; write a name that does not begin with a letter as [_name] at position 1',
    ],
    ['x IN ()', 'expected the name of a property, found ")" at position 7'],
    [
      '(x = 1) + 2 = 3',
      'a comparison is no value to compute or compare with, found "+" at position 9',
    ],
    [
      'x = (y = 1)',
      'a comparison is no value to compute or compare with, found the end at position 12',
    ],
    ['x NOT 1', 'expected IN or LIKE, found "1" at position 7'],
    ['x AND y = 1', 'expected a comparison, IS, IN or LIKE, found "AND" at position 3'],
    ['x IN 1', 'expected "(", found "1" at position 6'],
    ['1 IS NULL', 'IS NULL tests a property, found the end at position 10'],
    ['and = 1', 'expected the name of a property, found "and" at position 1'],
    ['x LIKE', 'expected the name of a property, found the end at position 7'],
    [
      '9223372036854775808 = x',
      'an integer has at most 64 bits, found "9223372036854775808" at position 1',
    ],
    [
      'ce.type = 1',
      '"ce" is no scope (sys or user); write a name with a dot as [ce.type] at position 1',
    ],
    ['now() = 1', '"now" is none of the functions newid() and property(name) at position 1'],
    [
      'sys.Colour = 1',
      '"sys.Colour" is none of the system properties MessageId, CorrelationId, To, ReplyTo, Label, SessionId, ReplyToSessionId, ContentType, PartitionKey at position 1',
    ],
  ])('says what is wrong with %j and where', (expression, problem) => {
    expect(parseFilter(expression)).toEqual({ ok: false, problem });
  });

  it('refuses an expression that is too long, and survives the deepest that is not', () => {
    const tooLong = parseFilter(`x = '${'y'.repeat(1024)}'`);
    expect(tooLong).toMatchObject({ ok: false });
    expect(tooLong.ok ? '' : tooLong.problem).toMatch(/at most 1024 characters/);
    expect(parseFilter(`${'('.repeat(100)}x=1${')'.repeat(100)}`).ok).toBe(true);
    const tooDeep = ['('.repeat(1024), `x = ${'-'.repeat(1000)}1`, `${'NOT '.repeat(250)}x=1`];
    for (const expression of tooDeep) {
      const result = parseFilter(expression);
      expect(result.ok ? '' : result.problem).toMatch(/more than 100 levels are too deep/);
    }
  });
});

describe('The parser of rule actions', () => {
  it('reads statements with and without semicolons', () => {
    expect(parseAction("SET a = 'x'; REMOVE b SET sys.Label = 1 + 2;")).toEqual({
      ok: true,
      value: [
        { kind: 'set', property: { scope: 'user', name: 'a' }, value: literal('x') },
        { kind: 'remove', property: { scope: 'user', name: 'b' } },
        {
          kind: 'set',
          property: { scope: 'sys', name: 'subject' },
          value: { kind: 'arithmetic', operator: '+', left: literal(1n), right: literal(2n) },
        },
      ],
    });
  });

  it.each([
    ['', 'expected SET or REMOVE, found the end at position 1'],
    ['SET a', 'expected "=", found the end at position 6'],
    ['SET a = 1;; ', 'expected SET or REMOVE, found ";" at position 11'],
    ['UPDATE a = 1', 'expected SET or REMOVE, found "UPDATE" at position 1'],
    ['SET 1 = 1', 'expected the name of a property, found "1" at position 5'],
  ])('says what is wrong with %j and where', (expression, problem) => {
    expect(parseAction(expression)).toEqual({ ok: false, problem });
  });
});
