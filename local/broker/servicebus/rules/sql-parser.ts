import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { SqlSyntaxError } from './sql-lexer.ts';
import { parseConstant, parseProperty } from './sql-operand-parser.ts';
import { SqlReader } from './sql-reader.ts';
import type {
  ArithmeticOperator,
  ComparisonOperator,
  SqlPredicate,
  SqlStatement,
  SqlValue,
} from './sql-syntax.ts';

/** Before a parenthesis closes nobody knows what it encloses: the operators around it check. */
type SqlNode = SqlPredicate | SqlValue;

const comparisons: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['=', '='],
  ['<>', '<>'],
  ['!=', '<>'],
  ['>', '>'],
  ['>=', '>='],
  ['<', '<'],
  ['<=', '<='],
]);
const sums: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ['+', '+'],
  ['-', '-'],
]);
const products: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ['*', '*'],
  ['/', '/'],
  ['%', '%'],
]);

/**
 * Parses a SQL filter; a problem says what was expected and where.
 * Source: Azure Service Bus, "Subscription rule SQL filter syntax".
 */
export function parseFilter(expression: string): Result<SqlPredicate, string> {
  return read(expression, (reader) => asPredicate(parseOr(reader), reader));
}

/**
 * Parses the statements of a SQL rule action.
 * Source: Azure Service Bus, "Subscription rule SQL action syntax".
 */
export function parseAction(expression: string): Result<readonly SqlStatement[], string> {
  return read(expression, (reader) => {
    const statements: SqlStatement[] = [];
    do statements.push(parseStatement(reader));
    while (!reader.isAtEnd());
    return statements;
  });
}

function read<Parsed>(
  expression: string,
  parse: (reader: SqlReader) => Parsed,
): Result<Parsed, string> {
  try {
    const reader = new SqlReader(expression);
    const parsed = parse(reader);
    reader.expectEnd();
    return succeed(parsed);
  } catch (error) {
    if (error instanceof SqlSyntaxError) return fail(error.message);
    throw error;
  }
}

function parseStatement(reader: SqlReader): SqlStatement {
  const statement = parseSetOrRemove(reader);
  reader.takeSymbol(';');
  return statement;
}

function parseSetOrRemove(reader: SqlReader): SqlStatement {
  if (reader.takeKeyword('REMOVE')) return { kind: 'remove', property: parseProperty(reader) };
  reader.expectKeyword('SET', 'SET or REMOVE');
  const property = parseProperty(reader);
  reader.expectSymbol('=');
  return { kind: 'set', property, value: parseValue(reader) };
}

function parseOr(reader: SqlReader): SqlNode {
  let node = parseAnd(reader);
  while (reader.isKeyword('OR')) {
    const left = asPredicate(node, reader);
    reader.advance();
    node = { kind: 'or', left, right: asPredicate(parseAnd(reader), reader) };
  }
  return node;
}

function parseAnd(reader: SqlReader): SqlNode {
  let node = parseNot(reader);
  while (reader.isKeyword('AND')) {
    const left = asPredicate(node, reader);
    reader.advance();
    node = { kind: 'and', left, right: asPredicate(parseNot(reader), reader) };
  }
  return node;
}

function parseNot(reader: SqlReader): SqlNode {
  if (!reader.takeKeyword('NOT')) return parseRelation(reader);
  return not(asPredicate(reader.nest(parseNot), reader));
}

function parseRelation(reader: SqlReader): SqlNode {
  const node = parseSum(reader);
  const operator = comparisons.get(reader.symbol() ?? '');
  if (operator !== undefined) {
    const left = asValue(node, reader);
    reader.advance();
    return { kind: 'compare', operator, left, right: parseValue(reader) };
  }
  if (reader.takeKeyword('IS')) return parseIsNull(reader, node);
  if (reader.takeKeyword('NOT')) return not(parseInOrLike(reader, asValue(node, reader)));
  const isRelated = reader.isKeyword('IN') || reader.isKeyword('LIKE');
  return isRelated ? parseInOrLike(reader, asValue(node, reader)) : node;
}

function parseIsNull(reader: SqlReader, node: SqlNode): SqlPredicate {
  const negative = reader.takeKeyword('NOT');
  reader.expectKeyword('NULL', 'NULL');
  if (node.kind !== 'property') throw reader.error('IS NULL tests a property');
  const test: SqlPredicate = { kind: 'isNull', property: node.property };
  return negative ? not(test) : test;
}

function parseInOrLike(reader: SqlReader, operand: SqlValue): SqlPredicate {
  if (reader.takeKeyword('IN')) return { kind: 'in', operand, list: parseList(reader) };
  reader.expectKeyword('LIKE', 'IN or LIKE');
  const pattern = parseValue(reader);
  const escape = reader.takeKeyword('ESCAPE') ? parseValue(reader) : undefined;
  return { kind: 'like', operand, pattern, escape };
}

function parseList(reader: SqlReader): readonly SqlValue[] {
  reader.expectSymbol('(');
  const list = [parseValue(reader)];
  while (reader.takeSymbol(',')) list.push(parseValue(reader));
  reader.expectSymbol(')');
  return list;
}

function parseValue(reader: SqlReader): SqlValue {
  return asValue(parseSum(reader), reader);
}

function parseSum(reader: SqlReader): SqlNode {
  return parseOperations(reader, sums, parseProduct);
}

function parseProduct(reader: SqlReader): SqlNode {
  return parseOperations(reader, products, parseSigned);
}

function parseOperations(
  reader: SqlReader,
  operators: ReadonlyMap<string, ArithmeticOperator>,
  parseOperand: (reader: SqlReader) => SqlNode,
): SqlNode {
  let node = parseOperand(reader);
  for (;;) {
    const operator = operators.get(reader.symbol() ?? '');
    if (operator === undefined) return node;
    const left = asValue(node, reader);
    reader.advance();
    node = { kind: 'arithmetic', operator, left, right: asValue(parseOperand(reader), reader) };
  }
}

function parseSigned(reader: SqlReader): SqlNode {
  const sign = reader.symbol();
  if (sign !== '+' && sign !== '-') return parsePrimary(reader);
  reader.advance();
  return { kind: 'sign', sign, operand: asValue(reader.nest(parseSigned), reader) };
}

function parsePrimary(reader: SqlReader): SqlNode {
  if (reader.takeSymbol('(')) {
    const node = reader.nest(parseOr);
    reader.expectSymbol(')');
    return node;
  }
  return parseExists(reader) ?? parseConstant(reader) ?? parseFunction(reader) ?? parseName(reader);
}

function parseExists(reader: SqlReader): SqlPredicate | undefined {
  if (!reader.takeKeyword('EXISTS')) return undefined;
  reader.expectSymbol('(');
  const property = parseProperty(reader);
  reader.expectSymbol(')');
  return { kind: 'exists', property };
}

function parseFunction(reader: SqlReader): SqlValue | undefined {
  const called = reader.takeFunctionName();
  if (called === undefined) return undefined;
  const call = parseArguments(reader, called);
  reader.expectSymbol(')');
  return call;
}

function parseArguments(
  reader: SqlReader,
  called: { readonly text: string; readonly at: number },
): SqlValue {
  const name = called.text.toLowerCase();
  if (name === 'newid') return { kind: 'newId' };
  if (name === 'property' || name === 'p') {
    return { kind: 'propertyNamed', name: reader.nest(parseValue) };
  }
  const problem = `"${called.text}" is none of the functions newid() and property(name)`;
  throw new SqlSyntaxError(problem, called.at);
}

function parseName(reader: SqlReader): SqlValue {
  return { kind: 'property', property: parseProperty(reader) };
}

function not(operand: SqlPredicate): SqlPredicate {
  return { kind: 'not', operand };
}

function asPredicate(node: SqlNode, reader: SqlReader): SqlPredicate {
  if (isValue(node)) throw reader.error('expected a comparison, IS, IN or LIKE');
  return node;
}

function asValue(node: SqlNode, reader: SqlReader): SqlValue {
  if (!isValue(node)) throw reader.error('a comparison is no value to compute or compare with');
  return node;
}

function isValue(node: SqlNode): node is SqlValue {
  return valueKinds.has(node.kind);
}

const valueKinds: ReadonlySet<SqlNode['kind']> = new Set<SqlValue['kind']>([
  ...(['literal', 'property', 'propertyNamed', 'newId', 'sign', 'arithmetic'] as const),
]);
