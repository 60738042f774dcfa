/** One word of a rule expression. */
export interface SqlToken {
  readonly kind: 'name' | 'quotedName' | 'integer' | 'decimal' | 'string' | 'symbol' | 'end';
  /** Names and strings without their quotes, symbols as written. */
  readonly text: string;
  /** Offset of its first character. */
  readonly at: number;
}

/** An expression that is not in the language; caught where a rule is read and made a value there. */
export class SqlSyntaxError extends Error {
  override readonly name = 'SqlSyntaxError';

  /** `at`: the offset of what is wrong. */
  constructor(problem: string, at: number) {
    super(`${problem} at position ${at + 1}`);
  }
}

/** The longest expression that Service Bus takes, in characters. */
const maxExpressionLength = 1024;

const patterns: readonly (readonly [SqlToken['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['name', /\p{L}[\p{L}\p{Nd}_]*/uy],
  ['decimal', /\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)/y],
  ['integer', /\d+/y],
  ['symbol', /<>|!=|>=|<=|[=<>()+\-*/%,.;]/y],
];

const quotes: ReadonlyMap<string, { readonly kind: SqlToken['kind']; readonly close: string }> =
  new Map([
    ["'", { kind: 'string', close: "'" }],
    ['"', { kind: 'quotedName', close: '"' }],
    ['[', { kind: 'quotedName', close: ']' }],
  ]);

/**
 * Splits a rule expression into tokens.
 * Errors: `SqlSyntaxError` for a character or quote that no token begins or ends with.
 * Source: Azure Service Bus, "Subscription rule SQL filter syntax".
 */
export function tokenize(expression: string): readonly SqlToken[] {
  if (expression.length > maxExpressionLength) {
    const limit = `an expression may have at most ${maxExpressionLength} characters`;
    throw new SqlSyntaxError(`this one has ${expression.length}, ${limit}`, maxExpressionLength);
  }
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < expression.length) {
    const { token, next } = readToken(expression, at);
    if (token !== undefined) tokens.push(token);
    at = next;
  }
  return tokens;
}

interface ReadToken {
  readonly token: SqlToken | undefined;
  readonly next: number;
}

function readToken(expression: string, at: number): ReadToken {
  const quote = quotes.get(expression.charAt(at));
  if (quote !== undefined) return readQuoted(expression, at, quote);
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(expression)?.[0];
    if (text === undefined) continue;
    const next = at + text.length;
    return { token: kind === 'space' ? undefined : { kind, text, at }, next };
  }
  const found = String.fromCodePoint(expression.codePointAt(at) ?? 0);
  const remedy = found === '_' ? '; write a name that does not begin with a letter as [_name]' : '';
  throw new SqlSyntaxError(`unexpected "${found}"${remedy}`, at);
}

/** Reads up to the closing quote; a doubled one stands for itself. */
function readQuoted(
  expression: string,
  at: number,
  quote: { readonly kind: SqlToken['kind']; readonly close: string },
): ReadToken {
  const { kind, close } = quote;
  let text = '';
  let from = at + 1;
  for (;;) {
    const end = expression.indexOf(close, from);
    if (end < 0) throw new SqlSyntaxError(`no closing ${close} for what begins`, at);
    text += expression.slice(from, end);
    if (expression.charAt(end + 1) !== close) return { token: { kind, text, at }, next: end + 1 };
    text += close;
    from = end + 2;
  }
}
