import { SqlSyntaxError } from './sql-lexer.ts';
import type { SqlReader } from './sql-reader.ts';
import type { ArithmeticOperator, PropertyReference, SqlValue } from './sql-syntax.ts';
import { findSystemProperty, systemPropertyList } from './system-properties.ts';

const sums: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ['+', '+'],
  ['-', '-'],
]);
const products: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ['*', '*'],
  ['/', '/'],
  ['%', '%'],
]);

const namedConstants: ReadonlyMap<string, boolean | null> = new Map([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
]);

/** The integers of the language are 64 bits wide. */
const maxInteger = 2n ** 63n - 1n;

/** Parses an expression that has a value. */
export function parseValue(reader: SqlReader): SqlValue {
  return parseOperations(reader, sums, parseProduct);
}

/** Parses the name of a property with its scope; `user` is the scope if none is written. */
export function parseProperty(reader: SqlReader): PropertyReference {
  const { at } = reader.next;
  const name = reader.takeName();
  if (name === undefined) throw reader.error('expected the name of a property');
  if (!reader.takeSymbol('.')) return { scope: 'user', name };
  const scope = name.toLowerCase();
  const scoped = reader.takeName();
  if (scoped === undefined) throw reader.error('expected the name of a property');
  if (scope === 'user') return { scope, name: scoped };
  if (scope !== 'sys') {
    throw new SqlSyntaxError(
      `"${name}" is no scope (sys or user); write a name with a dot as [${name}.${scoped}]`,
      at,
    );
  }
  return systemProperty(scoped, at);
}

function systemProperty(name: string, at: number): PropertyReference {
  const known = findSystemProperty(name);
  if (known !== undefined) return { scope: 'sys', name: known };
  throw new SqlSyntaxError(
    `"sys.${name}" is none of the system properties ${systemPropertyList}`,
    at,
  );
}

function parseProduct(reader: SqlReader): SqlValue {
  return parseOperations(reader, products, parseSigned);
}

function parseOperations(
  reader: SqlReader,
  operators: ReadonlyMap<string, ArithmeticOperator>,
  parseOperand: (reader: SqlReader) => SqlValue,
): SqlValue {
  let left = parseOperand(reader);
  for (;;) {
    const operator = operators.get(reader.symbol() ?? '');
    if (operator === undefined) return left;
    reader.advance();
    left = { kind: 'arithmetic', operator, left, right: parseOperand(reader) };
  }
}

function parseSigned(reader: SqlReader): SqlValue {
  const sign = reader.symbol();
  if (sign !== '+' && sign !== '-') return parsePrimary(reader);
  reader.advance();
  return { kind: 'sign', sign, operand: parseSigned(reader) };
}

function parsePrimary(reader: SqlReader): SqlValue {
  if (reader.takeSymbol('(')) {
    const value = parseValue(reader);
    reader.expectSymbol(')');
    return value;
  }
  return parseConstant(reader) ?? parseFunction(reader) ?? parseNamed(reader);
}

function parseConstant(reader: SqlReader): SqlValue | undefined {
  const { kind, text } = reader.next;
  if (kind === 'integer') return { kind: 'literal', value: parseInteger(reader) };
  const value = kind === 'name' ? namedConstants.get(text.toUpperCase()) : undefined;
  if (value === undefined && kind !== 'decimal' && kind !== 'string') return undefined;
  reader.advance();
  if (value !== undefined) return { kind: 'literal', value };
  return { kind: 'literal', value: kind === 'decimal' ? Number(text) : text };
}

function parseInteger(reader: SqlReader): bigint {
  const value = BigInt(reader.next.text);
  if (value > maxInteger) throw reader.error('an integer has at most 64 bits');
  reader.advance();
  return value;
}

function parseFunction(reader: SqlReader): SqlValue | undefined {
  const start = reader.position;
  const { kind, text, at } = reader.advance();
  if (kind !== 'name' || !reader.takeSymbol('(')) {
    reader.position = start;
    return undefined;
  }
  const call = parseArguments(reader, { name: text, at });
  reader.expectSymbol(')');
  return call;
}

function parseArguments(
  reader: SqlReader,
  called: { readonly name: string; readonly at: number },
): SqlValue {
  switch (called.name.toLowerCase()) {
    case 'newid':
      return { kind: 'newId' };
    case 'p':
    case 'property':
      return { kind: 'propertyNamed', name: parseValue(reader) };
    default:
      throw new SqlSyntaxError(
        `"${called.name}" is none of the functions newid() and property(name)`,
        called.at,
      );
  }
}

function parseNamed(reader: SqlReader): SqlValue {
  return { kind: 'property', property: parseProperty(reader) };
}
