import type { Result } from '../../../shared/kernel/result.ts';
import { fail, succeed } from '../../../shared/kernel/result.ts';
import type { SettingValues } from './local-settings.ts';

/** The settings of the app: environment and settings file as one. */
export class Settings {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: SettingValues | NodeJS.ProcessEnv) {
    const present = Object.entries(values).flatMap(([key, value]): [string, string][] =>
      value === undefined ? [] : [[key, value]],
    );
    this.#values = new Map(present);
  }

  /** The value of a setting; `A:B` and `A__B` name the same one. Undefined when absent or empty. */
  get(name: string): string | undefined {
    const value = this.#values.get(name) ?? this.#values.get(name.replaceAll(':', '__'));
    return value === '' ? undefined : value;
  }

  /** The settings whose names begin with a prefix and hold no further `__`, by the rest of the name. */
  below(prefix: string): Record<string, string> {
    const found = [...this.#values].flatMap(([key, value]): [string, string][] => {
      const rest = key.slice(prefix.length);
      const isBelow = key.toLowerCase().startsWith(prefix.toLowerCase()) && !rest.includes('__');
      return isBelow && rest !== '' ? [[rest, value]] : [];
    });
    return Object.fromEntries(found);
  }

  /** Replaces each `%NAME%` by the setting of that name; the problem names the missing ones. */
  resolve(text: string): Result<string, readonly string[]> {
    const missing: string[] = [];
    const resolved = text.replaceAll(/%([^%]+)%/g, (whole: string, name: string) => {
      const value = this.get(name);
      if (value === undefined) missing.push(name);
      return value ?? whole;
    });
    return missing.length === 0 ? succeed(resolved) : fail(missing);
  }
}
