import type { PropertyValue } from '../state/message.ts';
import type { ArithmeticOperator, ComparisonOperator } from './sql-syntax.ts';

/** A value as rules compute with it; `undefined` is unknown: absent, or without meaning here. */
export type RuleValue = PropertyValue | undefined;

/** Three-valued logic; `undefined` is unknown. */
export type Truth = boolean | undefined;

/** Compares two values. Values of different types, and null, are not comparable: unknown. */
export function compareValues(
  operator: ComparisonOperator,
  left: RuleValue,
  right: RuleValue,
): Truth {
  const order = orderOf(left, right);
  if (order !== undefined) return holds(operator, order);
  const same = sameValue(left, right);
  if (same === undefined) return undefined;
  if (operator === '=') return same;
  return operator === '<>' ? !same : undefined;
}

/** Computes as C# does: integers stay integers and wrap at 64 bits, `+` joins texts. */
export function computeValue(
  operator: ArithmeticOperator,
  left: RuleValue,
  right: RuleValue,
): RuleValue {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return computeInteger(operator, left, right);
  }
  if (isNumber(left) && isNumber(right)) {
    return computeFloat(operator, Number(left), Number(right));
  }
  return operator === '+' ? joinTexts(left, right) : undefined;
}

/** The value as text, the way a conversion to string writes it. */
export function toText(value: PropertyValue): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

function joinTexts(left: RuleValue, right: RuleValue): string | undefined {
  if (left === undefined || right === undefined) return undefined;
  const isText = typeof left === 'string' || typeof right === 'string';
  return isText ? toText(left) + toText(right) : undefined;
}

function isNumber(value: RuleValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Negative, zero or positive as left is before, equal to or after right. */
function orderOf(left: RuleValue, right: RuleValue): number | undefined {
  if (isNumber(left) && isNumber(right)) return rank(left, right);
  if (typeof left === 'string' && typeof right === 'string') return rank(left, right);
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  return undefined;
}

function rank<Comparable extends string | number | bigint>(
  left: Comparable,
  right: Comparable,
): number | undefined {
  if (left < right) return -1;
  if (left > right) return 1;
  return isNaNValue(left) || isNaNValue(right) ? undefined : 0;
}

function isNaNValue(value: string | number | bigint): boolean {
  return typeof value === 'number' && Number.isNaN(value);
}

function holds(operator: ComparisonOperator, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** Equality of what has no order. */
function sameValue(left: RuleValue, right: RuleValue): Truth {
  if (typeof left === 'boolean' && typeof right === 'boolean') return left === right;
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    return Buffer.compare(left, right) === 0;
  }
  return undefined;
}

function computeInteger(operator: ArithmeticOperator, left: bigint, right: bigint): RuleValue {
  switch (operator) {
    case '+':
      return BigInt.asIntN(64, left + right);
    case '-':
      return BigInt.asIntN(64, left - right);
    case '*':
      return BigInt.asIntN(64, left * right);
    case '/':
      return right === 0n ? undefined : BigInt.asIntN(64, left / right);
    case '%':
      return right === 0n ? undefined : left % right;
  }
}

function computeFloat(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}
