import { describe, expect, it } from 'vitest';
import { evaluatePredicate } from '../../../../../../local/broker/servicebus/rules/sql-evaluator.ts';
import { parseFilter } from '../../../../../../local/broker/servicebus/rules/sql-parser.ts';
import type { Truth } from '../../../../../../local/broker/servicebus/rules/values.ts';
import { messageOf } from '../messages.ts';

const message = messageOf({
  system: { messageId: 'id-1', subject: 'order.created', to: undefined },
  properties: {
    five: 5n,
    half: 0.5,
    text: 'Contoso',
    flag: true,
    nothing: null,
    Mixed: 'case',
    big: 9_007_199_254_740_993n,
    bytes: Buffer.from('ab'),
    then: new Date(0),
    name: 'five',
    constructor: 'own',
  },
});

function evaluate(expression: string): Truth {
  const predicate = parseFilter(expression);
  if (!predicate.ok) throw new Error(predicate.problem);
  return evaluatePredicate(predicate.value, { message, newId: () => 'new' });
}

describe('A SQL filter', () => {
  it.each([
    'five = 5',
    'five = 5.0',
    'five <> 6',
    'five != 6',
    'half < 1',
    'five >= 5 AND five <= 5',
    "text = 'Contoso'",
    "text > 'Contosn'",
    'flag = TRUE',
    'flag <> FALSE',
    'big = 9007199254740993',
    'then = then',
    'bytes = bytes',
    'FIVE = 5',
    "mixed = 'case'",
    "sys.Label = 'order.created'",
    "sys.MessageId = 'id-1'",
    'property(name) = 5',
    "p('te' + 'xt') = text",
    "newid() = 'new'",
    "constructor = 'own'",
  ])('finds that %s', (expression) => {
    expect(evaluate(expression)).toBe(true);
  });

  it.each([
    'five = 6',
    'big = 9007199254740992',
    "text = 'contoso'",
    'flag = FALSE',
    "sys.Label = 'order'",
    "text <> 'Contoso'",
  ])('finds that not %s', (expression) => {
    expect(evaluate(expression)).toBe(false);
  });

  it.each([
    'missing = 1',
    'missing <> 1',
    'nothing = NULL',
    'nothing <> 1',
    "five = '5'",
    "five < 'x'",
    'flag > FALSE',
    'bytes < bytes',
    'missing + 1 = 1',
    'five / 0 = 1',
    'five % 0 = 1',
    "-text = 'x'",
    'property(five) = 5',
    "sys.To = 'x'",
    'toString = 1',
    "hasOwnProperty <> 'x'",
    'NOT missing = 1',
  ])('cannot know whether %s', (expression) => {
    expect(evaluate(expression)).toBeUndefined();
  });

  it.each([
    ['five / 2', '2'],
    ['-five / 2', '-2'],
    ['five / 2.0', '2.5'],
    ['five % 2', '1'],
    ['five * half', '2.5'],
    ['five - 7', '-2'],
    ['+five', '5'],
    ['2 + 3 * 4', '14'],
    ['(2 + 3) * 4', '20'],
    ['9223372036854775807 + 1', '-9223372036854775807 - 1'],
    ["text + '!'", "'Contoso!'"],
    ['text + five', "'Contoso5'"],
  ])('computes that %s is %s', (left, right) => {
    expect(evaluate(`${left} = ${right}`)).toBe(true);
  });

  it('joins truths by three-valued logic', () => {
    const sources = { T: '1=1', F: '1=0', U: 'missing=1' };
    const truths = { T: true, F: false, U: undefined };
    type Name = keyof typeof sources;
    const table = (operator: string, row: string): void => {
      const [left, right, result] = Array.from(row) as [Name, Name, Name];
      const expression = `${sources[left]} ${operator} ${sources[right]}`;
      expect(evaluate(expression), expression).toBe(truths[result]);
    };
    for (const row of ['TTT', 'TFF', 'TUU', 'FTF', 'FFF', 'FUF', 'UTU', 'UFF', 'UUU']) {
      table('AND', row);
    }
    for (const row of ['TTT', 'TFT', 'TUT', 'FTT', 'FFF', 'FUU', 'UTT', 'UFU', 'UUU']) {
      table('OR', row);
    }
  });

  it('takes an absent property and a null one for NULL, and only the absent one for missing', () => {
    expect(evaluate('missing IS NULL')).toBe(true);
    expect(evaluate('nothing IS NULL')).toBe(true);
    expect(evaluate('five IS NOT NULL')).toBe(true);
    expect(evaluate('sys.To IS NULL')).toBe(true);
    expect(evaluate('EXISTS(nothing)')).toBe(true);
    expect(evaluate('EXISTS(missing)')).toBe(false);
    expect(evaluate('EXISTS(sys.Label) AND NOT EXISTS(sys.To)')).toBe(true);
    expect(evaluate('EXISTS([__proto__]) OR EXISTS(valueOf)')).toBe(false);
  });

  it('looks a value up in a list', () => {
    expect(evaluate("text IN ('a', 'Contoso')")).toBe(true);
    expect(evaluate('five IN (1, half * 10)')).toBe(true);
    expect(evaluate("text NOT IN ('a', 'b')")).toBe(true);
    expect(evaluate("missing IN ('a')")).toBeUndefined();
    expect(evaluate("text NOT IN ('a', missing)")).toBeUndefined();
    expect(evaluate("text IN ('Contoso', missing)")).toBe(true);
  });

  it('matches text with a pattern', () => {
    expect(evaluate("text LIKE 'Con%'")).toBe(true);
    expect(evaluate("text LIKE 'con%'")).toBe(false);
    expect(evaluate("text NOT LIKE '%x%'")).toBe(true);
    expect(evaluate("five LIKE '5'")).toBeUndefined();
    expect(evaluate("text LIKE '%' ESCAPE 'too long'")).toBeUndefined();
    expect(evaluate('text LIKE missing')).toBeUndefined();
    expect(evaluate("text LIKE '%' ESCAPE missing")).toBeUndefined();
  });
});
