import { describe, expect, it } from 'vitest';
import {
  correlationFilter,
  defaultRule,
  sqlAction,
  sqlFilter,
  type Rule,
} from '../../../../../../local/broker/servicebus/rules/rule.ts';
import { RuleSet } from '../../../../../../local/broker/servicebus/rules/rule-set.ts';
import type { Message } from '../../../../../../local/broker/servicebus/state/message.ts';
import { messageOf, valuesOf } from '../messages.ts';

function must<Value>(result: { ok: true; value: Value } | { ok: false; problem: string }): Value {
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

function sql(name: string, filter: string, action?: string): Rule {
  return {
    name,
    filter: must(sqlFilter(filter)),
    action: action === undefined ? undefined : must(sqlAction(action)),
  };
}

function copies(rules: readonly Rule[], message: Message): readonly Message[] {
  return new RuleSet(rules).copiesFor({ message, newId: () => 'new' });
}

describe('The rules of a subscription', () => {
  const message = messageOf({
    system: { subject: 's', correlationId: 'c' },
    properties: { count: 4n, region: 'EU' },
  });

  it('let the message through as it is once, however many rules without action select it', () => {
    expect(copies([defaultRule, sql('a', '1=1'), sql('b', 'count = 4')], message)).toEqual([
      message,
    ]);
    expect(copies([sql('a', '1=0'), sql('u', 'missing = 1')], message)).toEqual([]);
    expect(copies([], message)).toEqual([]);
  });

  it('make a copy with the name of the rule for each action', () => {
    const rules = [
      sql('double', 'count = 4', 'SET count = count * 2'),
      sql('never', '1=0', 'SET count = 0'),
      sql('label', '1=1', "SET sys.Label = 'new'; REMOVE REGION"),
    ];
    const [doubled, labelled, ...others] = copies(rules, message);
    expect(others).toEqual([]);
    expect(doubled && valuesOf(doubled)).toEqual({ count: 8n, region: 'EU', RuleName: 'double' });
    expect(labelled?.system.subject).toBe('new');
    expect(labelled && valuesOf(labelled)).toEqual({ count: 4n, RuleName: 'label' });
    expect(valuesOf(message)).toEqual({ count: 4n, region: 'EU' });
  });

  it('run the statements of an action one after another, unknown values changing nothing', () => {
    const action =
      "SET count = missing; SET a = 1; SET b = a + 1; SET region = 7; SET sys.To = 'to'; REMOVE sys.CorrelationId; SET gone = NULL";
    const [changed] = copies([sql('r', '1=1', action)], message);
    expect(changed && valuesOf(changed)).toEqual({
      count: 4n,
      region: '7',
      a: 1n,
      b: 2n,
      gone: null,
      RuleName: 'r',
    });
    expect(changed?.system).toMatchObject({ to: 'to', correlationId: undefined });
  });

  it('keep the name and the type that a property has', () => {
    const floating = messageOf({ properties: { Price: 1.5 } });
    const [changed] = copies([sql('r', '1=1', 'SET PRICE = 2; SET [__proto__] = 1')], floating);
    expect([...(changed?.properties ?? [])].map(([name, { value }]) => [name, value])).toEqual([
      ['Price', 2],
      ['__proto__', 1n],
      ['RuleName', 'r'],
    ]);
  });

  it('are unique by name without regard to case', () => {
    const rules = new RuleSet([defaultRule]);
    expect(rules.add(sql('$DEFAULT', '1=1'))).toEqual({ ok: false, problem: 'ruleExists' });
    expect(rules.remove('$default').ok).toBe(true);
    expect(rules.remove('$default')).toEqual({ ok: false, problem: 'ruleNotFound' });
    expect(rules.add(sql('a', '1=1')).ok).toBe(true);
    expect(rules.list().map(({ name }) => name)).toEqual(['a']);
  });

  it('correlate by system and application properties, all of them', () => {
    const select = (system: object, properties: [string, string | bigint | null][] = []) => {
      const filter = must(correlationFilter({ system, properties: new Map(properties) }));
      return copies([{ name: 'r', filter, action: undefined }], message).length === 1;
    };
    expect(select({ subject: 's', correlationId: 'c' })).toBe(true);
    expect(select({ subject: 's', correlationId: 'C' })).toBe(false);
    expect(select({ to: 't' })).toBe(false);
    expect(select({}, [['count', 4n]])).toBe(true);
    expect(select({}, [['count', '4']])).toBe(false);
    expect(select({}, [['Count', 4n]])).toBe(false);
    expect(select({ subject: 's' }, [['region', 'US']])).toBe(false);
    expect(select({}, [['__proto__', 'x']])).toBe(false);
    expect(select({}, [['count', null]])).toBe(false);
  });

  it('need a condition to correlate by', () => {
    expect(correlationFilter({ system: {}, properties: new Map() })).toEqual({
      ok: false,
      problem: 'a correlation filter needs a condition',
    });
  });
});
