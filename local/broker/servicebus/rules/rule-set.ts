import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import type { Message } from '../state/message.ts';
import { annotate, selects, type Rule, type RuleAction } from './rule.ts';
import type { RuleContext } from './sql-evaluator.ts';

/** The rules of one subscription, by name without regard to case, in the order they were added. */
export class RuleSet {
  readonly #rules = new Map<string, Rule>();

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) this.#rules.set(rule.name.toLowerCase(), rule);
  }

  add(rule: Rule): Result<undefined, 'ruleExists'> {
    const key = rule.name.toLowerCase();
    if (this.#rules.has(key)) return fail('ruleExists');
    this.#rules.set(key, rule);
    return succeed(undefined);
  }

  remove(name: string): Result<undefined, 'ruleNotFound'> {
    return this.#rules.delete(name.toLowerCase()) ? succeed(undefined) : fail('ruleNotFound');
  }

  list(): readonly Rule[] {
    return [...this.#rules.values()];
  }

  /**
   * The copies of a message that belong into the subscription: one as it is if any rule without
   * action selects it, and one for each rule with an action that does.
   */
  copiesFor(context: RuleContext): readonly Message[] {
    const selecting = this.list().filter((rule) => selects(rule, context));
    const asSent = selecting.some((rule) => rule.action === undefined) ? [context.message] : [];
    const annotated = selecting.filter(hasAction).map((rule) => annotate(rule, context));
    return [...asSent, ...annotated];
  }
}

function hasAction(rule: Rule): rule is Rule & { readonly action: RuleAction } {
  return rule.action !== undefined;
}
