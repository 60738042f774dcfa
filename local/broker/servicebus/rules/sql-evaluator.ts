import { assertNever } from '../../../../shared/kernel/assert-never.ts';
import type { Message, Property } from '../state/message.ts';
import { compileLike, matchesLike } from './like-pattern.ts';
import type { PropertyReference, SqlPredicate, SqlValue } from './sql-syntax.ts';
import { compareValues, computeValue, type RuleValue, type Truth } from './values.ts';

/** What an expression is evaluated against. */
export interface RuleContext {
  readonly message: Message;
  /** What `newid()` answers: a UUID as text. */
  newId(): string;
}

/** Evaluates a filter by the rules of three-valued logic; only `true` selects a message. */
export function evaluatePredicate(predicate: SqlPredicate, context: RuleContext): Truth {
  if (predicate.kind === 'not') return not(evaluatePredicate(predicate.operand, context));
  if (predicate.kind === 'and') return combine(predicate, { decisive: false }, context);
  if (predicate.kind === 'or') return combine(predicate, { decisive: true }, context);
  return evaluateTest(predicate, context);
}

/** Evaluates an expression; `undefined` is unknown. */
export function evaluateValue(value: SqlValue, context: RuleContext): RuleValue {
  switch (value.kind) {
    case 'literal':
      return value.value;
    case 'property':
      return readProperty(value.property, context);
    case 'propertyNamed':
      return readNamed(evaluateValue(value.name, context), context);
    case 'newId':
      return context.newId();
    case 'sign':
      return computeValue(value.sign, 0n, toNumeric(evaluateValue(value.operand, context)));
    case 'arithmetic':
      return computeValue(
        value.operator,
        evaluateValue(value.left, context),
        evaluateValue(value.right, context),
      );
    default:
      return assertNever(value);
  }
}

/** Finds an application property: by its exact name, else by the first that differs in case only. */
export function findProperty(message: Message, name: string): string | undefined {
  if (message.properties.has(name)) return name;
  const wanted = name.toLowerCase();
  for (const key of message.properties.keys()) if (key.toLowerCase() === wanted) return key;
  return undefined;
}

function evaluateTest(
  predicate: Exclude<SqlPredicate, { readonly kind: 'not' | 'and' | 'or' }>,
  context: RuleContext,
): Truth {
  switch (predicate.kind) {
    case 'compare':
      return compareValues(
        predicate.operator,
        evaluateValue(predicate.left, context),
        evaluateValue(predicate.right, context),
      );
    case 'isNull':
      return (readProperty(predicate.property, context) ?? null) === null;
    case 'exists':
      return readProperty(predicate.property, context) !== undefined;
    case 'in':
      return evaluateIn(predicate, context);
    case 'like':
      return evaluateLike(predicate, context);
    default:
      return assertNever(predicate);
  }
}

function readProperty(property: PropertyReference, context: RuleContext): RuleValue {
  if (property.scope === 'sys') return context.message.system[property.name];
  return userProperty(property.name, context)?.value;
}

function userProperty(name: string, { message }: RuleContext): Property | undefined {
  const key = findProperty(message, name);
  return key === undefined ? undefined : message.properties.get(key);
}

function readNamed(name: RuleValue, context: RuleContext): RuleValue {
  return typeof name === 'string' ? userProperty(name, context)?.value : undefined;
}

/** A sign needs a number: text would be joined with the zero it is computed from. */
function toNumeric(value: RuleValue): RuleValue {
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}

function not(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

/** AND and OR: one decisive operand decides whatever the other is, even if that is unknown. */
function combine(
  both: { readonly left: SqlPredicate; readonly right: SqlPredicate },
  { decisive }: { readonly decisive: boolean },
  context: RuleContext,
): Truth {
  const left = evaluatePredicate(both.left, context);
  if (left === decisive) return decisive;
  const right = evaluatePredicate(both.right, context);
  if (right === decisive) return decisive;
  return left === undefined || right === undefined ? undefined : !decisive;
}

function evaluateIn(
  predicate: SqlPredicate & { readonly kind: 'in' },
  context: RuleContext,
): Truth {
  const operand = evaluateValue(predicate.operand, context);
  const truths = predicate.list.map((item) =>
    compareValues('=', operand, evaluateValue(item, context)),
  );
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}

function evaluateLike(
  predicate: SqlPredicate & { readonly kind: 'like' },
  context: RuleContext,
): Truth {
  const text = evaluateValue(predicate.operand, context);
  const pattern = evaluateValue(predicate.pattern, context);
  const escape = predicate.escape && evaluateValue(predicate.escape, context);
  if (typeof text !== 'string' || typeof pattern !== 'string') return undefined;
  if (predicate.escape !== undefined && typeof escape !== 'string') return undefined;
  const compiled = compileLike(pattern, typeof escape === 'string' ? escape : undefined);
  return compiled === undefined ? undefined : matchesLike(compiled, text);
}
