import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { SqlSyntaxError } from './sql-lexer.ts';
import { SqlReader } from './sql-reader.ts';
import type { ComparisonOperator, SqlPredicate, SqlStatement, SqlValue } from './sql-syntax.ts';
import { parseProperty, parseValue } from './sql-value-parser.ts';

const comparisons: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['=', '='],
  ['<>', '<>'],
  ['!=', '<>'],
  ['>', '>'],
  ['>=', '>='],
  ['<', '<'],
  ['<=', '<='],
]);

/**
 * Parses a SQL filter; a problem says what was expected and where.
 * Source: Azure Service Bus, "Subscription rule SQL filter syntax".
 */
export function parseFilter(expression: string): Result<SqlPredicate, string> {
  return read(expression, (reader) => parseOr(reader));
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

function parseOr(reader: SqlReader): SqlPredicate {
  let left = parseAnd(reader);
  while (reader.takeKeyword('OR')) left = { kind: 'or', left, right: parseAnd(reader) };
  return left;
}

function parseAnd(reader: SqlReader): SqlPredicate {
  let left = parseNot(reader);
  while (reader.takeKeyword('AND')) left = { kind: 'and', left, right: parseNot(reader) };
  return left;
}

function parseNot(reader: SqlReader): SqlPredicate {
  if (reader.takeKeyword('NOT')) return negated(parseNot(reader));
  return parseTest(reader);
}

function parseTest(reader: SqlReader): SqlPredicate {
  if (reader.takeKeyword('EXISTS')) return parseExists(reader);
  return reader.isSymbol('(') ? parseParenthesized(reader) : parseRelation(reader);
}

function parseExists(reader: SqlReader): SqlPredicate {
  reader.expectSymbol('(');
  const property = parseProperty(reader);
  reader.expectSymbol(')');
  return { kind: 'exists', property };
}

/**
 * A parenthesis may enclose a predicate or begin a value, `(a = 1)` or `(a + 1) * 2 = b`.
 * Both readings are tried, the second from the same place; the one that got further explains best.
 */
function parseParenthesized(reader: SqlReader): SqlPredicate {
  const start = reader.position;
  try {
    return parseRelation(reader);
  } catch (asValue) {
    if (!(asValue instanceof SqlSyntaxError)) throw asValue;
    reader.position = start;
    return parseEnclosed(reader, asValue);
  }
}

function parseEnclosed(reader: SqlReader, asValue: SqlSyntaxError): SqlPredicate {
  try {
    reader.expectSymbol('(');
    const predicate = parseOr(reader);
    reader.expectSymbol(')');
    return predicate;
  } catch (asPredicate) {
    if (!(asPredicate instanceof SqlSyntaxError)) throw asPredicate;
    throw asPredicate.at >= asValue.at ? asPredicate : asValue;
  }
}

function parseRelation(reader: SqlReader): SqlPredicate {
  const left = parseValue(reader);
  const operator = comparisons.get(reader.symbol() ?? '');
  if (operator !== undefined) {
    reader.advance();
    return { kind: 'compare', operator, left, right: parseValue(reader) };
  }
  if (reader.takeKeyword('IS')) return parseIsNull(reader, left);
  const negative = reader.takeKeyword('NOT');
  const relation = parseInOrLike(reader, left);
  return negative ? negated(relation) : relation;
}

function parseIsNull(reader: SqlReader, operand: SqlValue): SqlPredicate {
  const negative = reader.takeKeyword('NOT');
  reader.expectKeyword('NULL', 'NULL');
  if (operand.kind !== 'property') throw reader.error('IS NULL tests a property, not a value,');
  const test: SqlPredicate = { kind: 'isNull', property: operand.property };
  return negative ? negated(test) : test;
}

function parseInOrLike(reader: SqlReader, operand: SqlValue): SqlPredicate {
  if (reader.takeKeyword('IN')) return { kind: 'in', operand, list: parseList(reader) };
  reader.expectKeyword('LIKE', 'a comparison, IS, IN or LIKE');
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

function negated(operand: SqlPredicate): SqlPredicate {
  return { kind: 'not', operand };
}
