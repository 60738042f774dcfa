import {
  typedNull,
  wrapDescribed,
  wrapList,
  wrapMap,
  wrapString,
  type Typed,
} from '../../amqp/index.ts';
import { encodeProperties } from '../codec/property-values.ts';
import { correlationFields, type CorrelationFilter } from '../rules/correlation-filter.ts';
import type { Rule, RuleAction, RuleFilter } from '../rules/rule.ts';
import type { Property } from '../state/message.ts';

/** Source: "AMQP 1.0 request/response operations in Azure Service Bus", Get rules. */
const codes = {
  rule: 0x13700000004,
  emptyAction: 0x13700000005,
  sqlAction: 0x13700000006,
  sqlFilter: 0x1370000006,
  trueFilter: 0x1370000007,
  falseFilter: 0x1370000008,
  correlationFilter: 0x1370000009,
} as const;

/** A rule as `enumerate-rules` lists it. */
export function encodeRule(rule: Rule): Typed {
  return wrapDescribed(
    codes.rule,
    wrapList([encodeFilter(rule.filter), encodeAction(rule.action), wrapString(rule.name)]),
  );
}

function encodeFilter(filter: RuleFilter): Typed {
  switch (filter.type) {
    case 'true':
      return wrapDescribed(codes.trueFilter, wrapList([]));
    case 'false':
      return wrapDescribed(codes.falseFilter, wrapList([]));
    case 'sql':
      return wrapDescribed(codes.sqlFilter, wrapList([wrapString(filter.expression)]));
    case 'correlation':
      return wrapDescribed(codes.correlationFilter, encodeCorrelation(filter.correlation));
  }
}

function encodeAction(action: RuleAction | undefined): Typed {
  if (action === undefined) return wrapDescribed(codes.emptyAction, wrapList([]));
  return wrapDescribed(codes.sqlAction, wrapList([wrapString(action.expression)]));
}

function encodeCorrelation({ system, properties }: CorrelationFilter): Typed {
  const fields = correlationFields.map((name) => {
    const value = system[name];
    return value === undefined ? typedNull : wrapString(value);
  });
  const values = new Map<string, Property>();
  for (const [name, value] of properties) values.set(name, { value });
  return wrapList([...fields, wrapMap(encodeProperties(values))]);
}
