import { SqlSyntaxError, tokenize, type SqlToken } from './sql-lexer.ts';

const reserved: ReadonlySet<string> = new Set([
  ...['AND', 'OR', 'NOT', 'IS', 'NULL', 'IN', 'LIKE', 'ESCAPE', 'EXISTS', 'TRUE', 'FALSE'],
  ...['SET', 'REMOVE'],
]);

/** How deep an expression may nest: each level costs the parser a stack frame or ten. */
const maxDepth = 100;

/** Reads the tokens of one expression in order, one token ahead. */
export class SqlReader {
  readonly #tokens: readonly SqlToken[];
  readonly #end: SqlToken;
  #position = 0;
  #depth = 0;

  constructor(expression: string) {
    this.#tokens = tokenize(expression);
    this.#end = { kind: 'end', text: 'the end', at: expression.length };
  }

  get next(): SqlToken {
    return this.#tokens[this.#position] ?? this.#end;
  }

  advance(): SqlToken {
    const token = this.next;
    this.#position++;
    return token;
  }

  isAtEnd(): boolean {
    return this.next.kind === 'end';
  }

  /** The text of the next token if it is a symbol. */
  symbol(): string | undefined {
    return this.next.kind === 'symbol' ? this.next.text : undefined;
  }

  isSymbol(text: string): boolean {
    return this.symbol() === text;
  }

  takeSymbol(text: string): boolean {
    const found = this.isSymbol(text);
    if (found) this.#position++;
    return found;
  }

  isKeyword(keyword: string): boolean {
    return this.#keyword() === keyword;
  }

  takeKeyword(keyword: string): boolean {
    const found = this.isKeyword(keyword);
    if (found) this.#position++;
    return found;
  }

  /** Takes a name and the parenthesis behind it. */
  takeFunctionName(): SqlToken | undefined {
    const name = this.next;
    const behind = this.#tokens[this.#position + 1];
    const isCall = name.kind === 'name' && behind?.kind === 'symbol' && behind.text === '(';
    if (!isCall) return undefined;
    this.#position += 2;
    return name;
  }

  /** Parses one level deeper. */
  nest<Parsed>(parse: (reader: this) => Parsed): Parsed {
    if (this.#depth >= maxDepth) throw this.error(`more than ${maxDepth} levels are too deep`);
    this.#depth++;
    const parsed = parse(this);
    this.#depth--;
    return parsed;
  }

  /** Takes a name that is quoted or no keyword. */
  takeName(): string | undefined {
    const { kind, text } = this.next;
    const isName = kind === 'quotedName' || (kind === 'name' && this.#keyword() === undefined);
    if (!isName) return undefined;
    this.#position++;
    return text;
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.error(`expected "${text}"`);
  }

  expectKeyword(keyword: string, wanted: string): void {
    if (!this.takeKeyword(keyword)) throw this.error(`expected ${wanted}`);
  }

  expectEnd(): void {
    if (!this.isAtEnd()) throw this.error('expected AND, OR or the end');
  }

  /** The problem with the next token. */
  error(problem: string): SqlSyntaxError {
    const { kind, text, at } = this.next;
    return new SqlSyntaxError(`${problem}, found ${kind === 'end' ? text : `"${text}"`}`, at);
  }

  #keyword(): string | undefined {
    const upper = this.next.text.toUpperCase();
    return this.next.kind === 'name' && reserved.has(upper) ? upper : undefined;
  }
}
