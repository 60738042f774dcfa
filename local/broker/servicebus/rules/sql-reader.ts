import { SqlSyntaxError, tokenize, type SqlToken } from './sql-lexer.ts';

const reserved: ReadonlySet<string> = new Set([
  ...['AND', 'OR', 'NOT', 'IS', 'NULL', 'IN', 'LIKE', 'ESCAPE', 'EXISTS', 'TRUE', 'FALSE'],
  ...['SET', 'REMOVE'],
]);

/** Reads the tokens of one expression in order, one token ahead. */
export class SqlReader {
  /** Index of the next token; a parser may remember it and come back. */
  position = 0;
  readonly #tokens: readonly SqlToken[];

  constructor(expression: string) {
    this.#tokens = tokenize(expression);
  }

  get next(): SqlToken {
    const token = this.#tokens[this.position] ?? this.#tokens.at(-1);
    return token ?? { kind: 'end', text: 'the end', at: 0 };
  }

  advance(): SqlToken {
    const token = this.next;
    this.position++;
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
    if (found) this.position++;
    return found;
  }

  takeKeyword(keyword: string): boolean {
    const found = this.#keyword() === keyword;
    if (found) this.position++;
    return found;
  }

  /** Takes a name that is quoted or no keyword. */
  takeName(): string | undefined {
    const { kind, text } = this.next;
    const isName = kind === 'quotedName' || (kind === 'name' && this.#keyword() === undefined);
    if (!isName) return undefined;
    this.position++;
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
