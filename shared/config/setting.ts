import { fail, succeed, type Result } from '../kernel/result.ts';

/** One configuration key. What `parse` refuses, it refuses with a remedy for the person who set it. */
export interface Setting<Value> {
  readonly key: string;
  /** The text that stands for an absent value; undefined when there is none to stand for it. */
  readonly defaultText: string | undefined;
  readonly meaning: string;
  /** A secret's value is never repeated in a problem. */
  readonly isSecret: boolean;
  /** Lets reading go on after a problem has been recorded; never part of a configuration in use. */
  readonly fallback: Value;
  readonly parse: (text: string) => Result<Value, string>;
}

interface Description<Value> {
  readonly default: Value;
  readonly meaning: string;
}

/** A setting that takes one of the given values, in any letter case. */
export function choice<const Value extends string>(
  key: string,
  description: Description<NoInfer<Value>> & { readonly values: readonly Value[] },
): Setting<Value> {
  const { values, default: standard, meaning } = description;
  const parse = (text: string): Result<Value, string> => {
    const value = values.find((known) => known.toLowerCase() === text.toLowerCase());
    return value === undefined ? fail(`use one of: ${values.join(', ')}`) : succeed(value);
  };
  return { key, defaultText: standard, meaning, isSecret: false, fallback: standard, parse };
}

/** A setting that takes a whole number within limits, both included. */
export function wholeNumber(
  key: string,
  description: Description<number> & { readonly min: number; readonly max: number },
): Setting<number> {
  const { min, max, default: standard, meaning } = description;
  const parse = (text: string): Result<number, string> => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max
      ? succeed(value)
      : fail(`use a whole number from ${min} to ${max}`);
  };
  return { key, defaultText: `${standard}`, meaning, isSecret: false, fallback: standard, parse };
}

/** A setting whose text must match a pattern; `form` describes the pattern to a person. */
export function matching(
  key: string,
  description: Description<string> & { readonly pattern: RegExp; readonly form: string },
): Setting<string> {
  const { pattern, form, default: standard, meaning } = description;
  const parse = (text: string): Result<string, string> =>
    pattern.test(text) ? succeed(text) : fail(`use ${form}`);
  return { key, defaultText: standard, meaning, isSecret: false, fallback: standard, parse };
}

/** A secret key of 32 bytes in base64. It has no default. */
export function secretKey(key: string, meaning: string): Setting<Uint8Array> {
  const parse = (text: string): Result<Uint8Array, string> => {
    const bytes = Buffer.from(text, 'base64');
    const isExact = bytes.length === 32 && bytes.toString('base64') === text;
    return isExact
      ? succeed(bytes)
      : fail('use 32 random bytes in base64: openssl rand -base64 32');
  };
  const fallback = new Uint8Array(32);
  return { key, defaultText: undefined, meaning, isSecret: true, fallback, parse };
}

/** A secret that may be left out. */
export function secretText(
  key: string,
  description: {
    readonly meaning: string;
    readonly parse: (text: string) => Result<string, string>;
  },
): Setting<string | undefined> {
  return { key, defaultText: '', isSecret: true, fallback: undefined, ...description };
}

/** A setting with a form of its own. */
export function custom<Value>(
  key: string,
  description: {
    readonly defaultText: string;
    readonly meaning: string;
    readonly fallback: Value;
    readonly parse: (text: string) => Result<Value, string>;
  },
): Setting<Value> {
  return { key, isSecret: false, ...description };
}
