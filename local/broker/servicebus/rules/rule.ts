import { assertNever } from '../../../../shared/kernel/assert-never.ts';
import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import type { Message } from '../state/message.ts';
import {
  isEmptyCorrelation,
  matchesCorrelation,
  type CorrelationFilter,
} from './correlation-filter.ts';
import { applyAction } from './sql-action.ts';
import { evaluatePredicate, type RuleContext } from './sql-evaluator.ts';
import { parseAction, parseFilter } from './sql-parser.ts';
import type { SqlPredicate, SqlStatement } from './sql-syntax.ts';

/** What selects messages. The expressions are kept as written, for whoever lists the rules. */
export type RuleFilter =
  | { readonly type: 'true' }
  | { readonly type: 'false' }
  | { readonly type: 'sql'; readonly expression: string; readonly predicate: SqlPredicate }
  | { readonly type: 'correlation'; readonly correlation: CorrelationFilter };

export interface RuleAction {
  readonly expression: string;
  readonly statements: readonly SqlStatement[];
}

export interface Rule {
  readonly name: string;
  readonly filter: RuleFilter;
  readonly action: RuleAction | undefined;
}

/** The rule of a subscription for which nobody chose one. */
export const defaultRule: Rule = { name: '$Default', filter: { type: 'true' }, action: undefined };

/** A SQL filter from its text; a problem says what is wrong and where. */
export function sqlFilter(expression: string): Result<RuleFilter, string> {
  const parsed = parseFilter(expression);
  return parsed.ok ? succeed({ type: 'sql', expression, predicate: parsed.value }) : parsed;
}

/** A rule action from its text. */
export function sqlAction(expression: string): Result<RuleAction, string> {
  const parsed = parseAction(expression);
  return parsed.ok ? succeed({ expression, statements: parsed.value }) : parsed;
}

/** A correlation filter with at least one condition. */
export function correlationFilter(correlation: CorrelationFilter): Result<RuleFilter, string> {
  if (isEmptyCorrelation(correlation)) return fail('a correlation filter needs a condition');
  return succeed({ type: 'correlation', correlation });
}

/** Whether a rule selects a message; a filter that comes out unknown does not. */
export function selects(rule: Rule, context: RuleContext): boolean {
  const { filter } = rule;
  switch (filter.type) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'sql':
      return evaluatePredicate(filter.predicate, context) === true;
    case 'correlation':
      return matchesCorrelation(filter.correlation, context.message);
    default:
      return assertNever(filter);
  }
}

/** The copy that a rule with an action makes of a message that it selected. */
export function annotate(
  rule: Rule & { readonly action: RuleAction },
  context: RuleContext,
): Message {
  const changed = applyAction(rule.action.statements, context);
  const properties = new Map([...changed.properties, ['RuleName', { value: rule.name }]]);
  return { ...changed, properties };
}
