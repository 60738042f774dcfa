import type { DurationMs } from '../../../shared/kernel/time.ts';
import { parseIsoDuration } from './iso-duration.ts';

/** Collects the problems of one file, each once, so that they are reported together. */
export class ProblemList {
  readonly #file: string;
  readonly #problems = new Set<string>();

  constructor(file: string) {
    this.#file = file;
  }

  get all(): readonly string[] {
    return [...this.#problems];
  }

  /** Reports the value of a key, with what to write instead. */
  add(key: string, value: unknown, remedy: string): void {
    const shown = value === undefined ? 'is missing' : `is ${shorten(JSON.stringify(value))}`;
    this.#problems.add(`${this.#file}: ${key} ${shown}: ${remedy}`);
  }
}

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly remedy: string;
}

/** Reads the settings of one JSON object; what is wrong is reported and read as the default. */
export class SettingReader {
  readonly path: string;
  readonly problems: ProblemList;
  readonly #entries: ReadonlyMap<string, unknown>;

  constructor(value: unknown, place: { readonly path: string; readonly problems: ProblemList }) {
    this.path = place.path;
    this.problems = place.problems;
    if (!isObject(value)) this.#reportWhole(value);
    this.#entries = new Map(isObject(value) ? Object.entries(value) : []);
  }

  /** Reports every key that is not one of these: a misspelt setting must not go unnoticed. */
  allow(keys: readonly string[]): this {
    for (const [key, value] of this.#entries) {
      if (keys.includes(key)) continue;
      const remedy = `remove it; known here: ${keys.join(', ')}`;
      this.problems.add(this.#keyPath(key), value, remedy);
    }
    return this;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  value(key: string): unknown {
    return this.#entries.get(key);
  }

  /** A nested object; an empty one if the key is absent. */
  object(key: string): SettingReader {
    return this.#nested(this.#entries.get(key) ?? {}, this.#keyPath(key));
  }

  /** The objects of a list; none if the key is absent. */
  list(key: string, max: number): readonly SettingReader[] {
    const value = this.#entries.get(key) ?? [];
    if (!Array.isArray(value)) {
      this.report(key, 'write a JSON array');
      return [];
    }
    if (value.length > max) this.report(key, `at most ${max} entries are possible`);
    const items: readonly unknown[] = value;
    return items.map((item, index) => this.#nested(item, `${this.#keyPath(key)}[${index}]`));
  }

  text(key: string): string | undefined {
    const value = this.#entries.get(key);
    if (value === undefined || typeof value === 'string') return value;
    this.report(key, 'write a JSON string');
    return undefined;
  }

  requiredText(key: string): string {
    if (!this.has(key)) this.report(key, 'write a JSON string');
    return this.text(key) ?? '';
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.#entries.get(key) ?? fallback;
    if (typeof value === 'boolean') return value;
    this.report(key, 'write true or false');
    return fallback;
  }

  integer(key: string, fallback: number, range: Range): number {
    const value = this.#entries.get(key) ?? fallback;
    if (typeof value === 'number' && Number.isInteger(value) && within(value, range)) return value;
    this.report(key, range.remedy);
    return fallback;
  }

  duration(key: string, fallback: DurationMs, range: Range): DurationMs {
    const value = this.#entries.get(key);
    if (value === undefined) return fallback;
    const duration = typeof value === 'string' ? parseIsoDuration(value) : undefined;
    if (duration !== undefined && within(duration, range)) return duration;
    this.report(key, range.remedy);
    return fallback;
  }

  report(key: string, remedy: string): void {
    this.problems.add(this.#keyPath(key), this.#entries.get(key), remedy);
  }

  #reportWhole(value: unknown): void {
    this.problems.add(this.path || 'the content', value, 'write a JSON object');
  }

  #nested(value: unknown, path: string): SettingReader {
    return new SettingReader(value, { path, problems: this.problems });
  }

  #keyPath(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function within(value: number, range: Range): boolean {
  return value >= range.min && value <= range.max;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
