import { isNegative, toDecimal, type Decimal } from '../shared/kernel/decimal.ts';
import type { JsonObject, JsonValue } from '../shared/kernel/json-value.ts';
import { fail, succeed, type Result } from '../shared/kernel/result.ts';

/** An exact amount of a currency (ISO 4217). */
export interface Money {
  readonly amount: Decimal;
  readonly currency: string;
}

/** So much of a product or material, in its unit. */
export interface StockLine {
  readonly productId: string;
  readonly quantity: Decimal;
}

type Read<Value> = Result<Value, string>;

/** A text that must be there. */
export function readText(data: JsonObject, key: string): Read<string> {
  const value = memberOf(data, key);
  return typeof value === 'string' && value !== '' ? succeed(value) : fail(`${key} is missing`);
}

/** `amount`, a JSON number or a decimal text, and `currency`. */
export function readMoney(data: JsonObject): Read<Money> {
  const amount = toDecimal(memberOf(data, 'amount'));
  const currency = memberOf(data, 'currency');
  if (amount === undefined || isNegative(amount)) return fail('amount is no amount of money');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    return fail('currency is no ISO 4217 code');
  }
  return succeed({ amount, currency });
}

/**
 * `lines`, which may be empty: objects with `product_id` or `material_id`, and `quantity`, a JSON
 * number or a decimal text.
 */
export function readLines(data: JsonObject): Read<readonly StockLine[]> {
  const lines = memberOf(data, 'lines');
  if (!isList(lines)) return fail('lines are missing');
  const read: StockLine[] = [];
  for (const [at, line] of lines.entries()) {
    const stockLine = toStockLine(line);
    if (stockLine === undefined) return fail(`lines[${at}] is no product with a quantity`);
    read.push(stockLine);
  }
  return succeed(read);
}

/** A member of the object itself: names come from messages, and may be those of a prototype. */
export function memberOf(data: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(data, key) ? data[key] : undefined;
}

function toStockLine(line: JsonValue): StockLine | undefined {
  if (!isJsonObject(line)) return undefined;
  const productId = memberOf(line, 'product_id') ?? memberOf(line, 'material_id');
  const quantity = toDecimal(memberOf(line, 'quantity'));
  if (typeof productId !== 'string' || productId === '') return undefined;
  return quantity === undefined || isNegative(quantity) ? undefined : { productId, quantity };
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Whether a JSON value is an object, neither a list nor null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
