import type { DurationMs } from '../../../shared/kernel/time.ts';
import type { HostProblem } from './host-problem.ts';
import { ownMember } from './json-shape.ts';
import type { Settings } from './settings.ts';
import { parseTimeSpan } from './time-span.ts';

export interface OptionSource {
  /** How a problem names the place: `host.json`, `function "x"`. */
  readonly where: string;
  /** Put before each key in a problem: `extensions.eventHubs.`. */
  readonly prefix?: string;
  readonly values: unknown;
  readonly settings: Settings;
}

/** Reads options one by one and collects what is wrong with them; each read answers something usable. */
export class OptionReader {
  readonly #source: OptionSource;
  readonly #problems: HostProblem[] = [];

  constructor(source: OptionSource) {
    this.#source = source;
  }

  get problems(): readonly HostProblem[] {
    return this.#problems;
  }

  /** A text with its `%SETTING%` tokens replaced. */
  text(key: string): string | undefined {
    const value = this.#value(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.#wrong<string | undefined>(key, 'text', undefined);
    const resolved = this.#source.settings.resolve(value);
    if (resolved.ok) return resolved.value;
    for (const name of resolved.problem) {
      this.add(
        key,
        `the setting "${name}" is not set`,
        `Set "${name}" in the environment or under Values of local.settings.json`,
      );
    }
    return value;
  }

  requiredText(key: string): string {
    const value = this.text(key);
    if (value !== undefined && value !== '') return value;
    if (value === '' || this.#value(key) === undefined) this.add(key, 'is missing', 'Set it');
    return '';
  }

  /** A whole number within inclusive limits. */
  wholeNumber<Fallback>(
    key: string,
    fallback: Fallback,
    limits: { min: number; max: number },
  ): number | Fallback {
    const value = this.#value(key);
    if (value === undefined) return fallback;
    const number = typeof value === 'string' ? Number(value) : value;
    const { min, max } = limits;
    const isFine =
      typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max;
    return isFine ? number : this.#wrong(key, `a whole number from ${min} to ${max}`, fallback);
  }

  /** A duration, written as a TimeSpan (`00:05:00`). */
  duration(key: string, fallback: DurationMs): DurationMs {
    const value = this.#value(key);
    if (value === undefined) return fallback;
    const duration = typeof value === 'string' ? parseTimeSpan(value) : undefined;
    return duration ?? this.#wrong(key, 'a time span like "00:00:30"', fallback);
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.#value(key);
    if (value === undefined) return fallback;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    return this.#wrong(key, 'true or false', fallback);
  }

  /** One of some words, in any case. */
  choice<Word extends string>(key: string, words: readonly Word[], fallback: Word): Word {
    const value = this.#value(key);
    if (value === undefined) return fallback;
    const spelled = typeof value === 'string' ? value.toLowerCase() : undefined;
    const word = words.find((candidate) => candidate.toLowerCase() === spelled);
    return word ?? this.#wrong(key, `one of ${words.join(', ')}`, fallback);
  }

  /** A list of texts, or undefined. */
  texts(key: string): readonly string[] | undefined {
    const value = this.#value(key);
    if (value === undefined) return undefined;
    const isList = Array.isArray(value) && value.every((entry) => typeof entry === 'string');
    return isList ? value : this.#wrong<readonly string[]>(key, 'a list of texts', []);
  }

  add(key: string, problem: string, remedy: string): void {
    const { where, prefix = '' } = this.#source;
    this.#problems.push({ where, key: `${prefix}${key}`, problem, remedy });
  }

  #value(key: string): unknown {
    return ownMember(this.#source.values, key) ?? undefined;
  }

  #wrong<Value>(key: string, expected: string, fallback: Value): Value {
    const value = JSON.stringify(this.#value(key));
    this.add(key, `is ${value}`, `Write ${expected}`);
    return fallback;
  }
}
