/** Settings of the application, by key. */
export type SettingValues = Readonly<Record<string, string>>;

export interface SettingSources {
  readonly sample: SettingValues;
  /** A person's own file, where there is one. */
  readonly own: SettingValues | undefined;
  /** Of this launch, for keys on which a person has said nothing else. */
  readonly defaults: SettingValues;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The environment wins over a person's own file, and that over what this launch would have; a value
 * in the file that is blank or repeats the sample is no choice. Of the environment only keys count
 * that the settings know, and those of the embedded host.
 */
export function chooseSettings({ sample, own, defaults, env }: SettingSources): SettingValues {
  const written = own ?? sample;
  const undecided = Object.entries(defaults).filter(([key]) => {
    const chosen = written[key] ?? '';
    return chosen === '' || chosen === sample[key];
  });
  const settings = { ...written, ...Object.fromEntries(undecided) };
  return { ...settings, ...fromEnvironment(env, settings) };
}

function fromEnvironment(env: NodeJS.ProcessEnv, known: SettingValues): SettingValues {
  const pairs = Object.entries(env).flatMap(([key, value]): [string, string][] => {
    const isSetting = Object.hasOwn(known, key) || key.startsWith('LocalHost__');
    return value !== undefined && isSetting ? [[key, value]] : [];
  });
  return Object.fromEntries(pairs);
}
