import { SqlSyntaxError } from './sql-lexer.ts';
import type { SqlReader } from './sql-reader.ts';
import type { PropertyReference, SqlValue } from './sql-syntax.ts';
import { findSystemProperty, systemPropertyList } from './system-properties.ts';

const namedConstants: ReadonlyMap<string, boolean | null> = new Map([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
]);

/** The integers of the language are 64 bits wide. */
const maxInteger = 2n ** 63n - 1n;

/** Parses the name of a property with its scope; `user` is the scope if none is written. */
export function parseProperty(reader: SqlReader): PropertyReference {
  const { at } = reader.next;
  const name = expectName(reader);
  if (!reader.takeSymbol('.')) return { scope: 'user', name };
  const scope = name.toLowerCase();
  const scoped = expectName(reader);
  if (scope === 'user') return { scope, name: scoped };
  if (scope === 'sys') return systemProperty(scoped, at);
  throw new SqlSyntaxError(
    `"${name}" is no scope (sys or user); write a name with a dot as [${name}.${scoped}]`,
    at,
  );
}

/** Parses a constant, if one comes next. */
export function parseConstant(reader: SqlReader): SqlValue | undefined {
  const { kind, text } = reader.next;
  if (kind === 'integer') return { kind: 'literal', value: parseInteger(reader) };
  const value = kind === 'name' ? namedConstants.get(text.toUpperCase()) : undefined;
  if (value === undefined && kind !== 'decimal' && kind !== 'string') return undefined;
  reader.advance();
  if (value !== undefined) return { kind: 'literal', value };
  return { kind: 'literal', value: kind === 'decimal' ? Number(text) : text };
}

function expectName(reader: SqlReader): string {
  const name = reader.takeName();
  if (name === undefined) throw reader.error('expected the name of a property');
  return name;
}

function systemProperty(name: string, at: number): PropertyReference {
  const known = findSystemProperty(name);
  if (known !== undefined) return { scope: 'sys', name: known };
  throw new SqlSyntaxError(
    `"sys.${name}" is none of the system properties ${systemPropertyList}`,
    at,
  );
}

function parseInteger(reader: SqlReader): bigint {
  const value = BigInt(reader.next.text);
  if (value > maxInteger) throw reader.error('an integer has at most 64 bits');
  reader.advance();
  return value;
}
