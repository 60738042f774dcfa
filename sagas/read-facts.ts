import type { JsonObject, JsonValue } from '../shared/kernel/json-value.ts';
import { fail, succeed, type Result } from '../shared/kernel/result.ts';

/** The data of a command: those facts of the saga that have these names. */
export function factsNamed(...names: readonly string[]): (facts: JsonObject) => JsonObject {
  return (facts) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = facts[name];
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
}

/** A text that says something; undefined for anything else. */
export function readText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A finite number of 0 or more, such as an amount or a quantity; undefined for anything else. */
export function readAmount(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** How the lines of a document become facts. */
export interface LineShape {
  /** Where they are, for the problem's text: `data.items`. */
  readonly at: string;
  /** The member that names the goods of a line. */
  readonly goods: string;
  /** Quantity of a line that tells none; left out: such a line is a problem. */
  readonly quantity?: number;
}

/** Lines as `{ [goods], quantity }`, nothing else of them. */
export function readLines(
  value: JsonValue,
  { at, goods, quantity }: LineShape,
): Result<readonly JsonObject[], string> {
  if (!isList(value)) return fail(`${at} is not a list`);
  const read: JsonObject[] = [];
  for (const [index, line] of value.entries()) {
    if (!isObject(line)) return fail(`${at}/${index} is not a line`);
    const named = readText(line[goods]);
    const counted = readAmount(line['quantity'] ?? quantity);
    if (named === undefined) return fail(`${at}/${index} has no ${goods}`);
    if (counted === undefined) return fail(`${at}/${index} has no quantity`);
    read.push({ [goods]: named, quantity: counted });
  }
  return succeed(read);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
