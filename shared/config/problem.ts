/** One thing that is wrong with the configuration, for the person who can repair it. */
export interface ConfigProblem {
  readonly key: string;
  /** What was found; never a secret. */
  readonly value: string;
  readonly remedy: string;
}

/** The environment, or a copy of it: a key that is absent or blank is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function textOf(env: Environment, key: string): string | undefined {
  const text = env[key]?.trim();
  return text === '' ? undefined : text;
}

/** All problems as one message, one line each. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ key, value, remedy }) => `  ${key} = ${value}: ${remedy}`);
  return [`${problems.length} configuration problem(s); the application does not start:`]
    .concat(lines)
    .join('\n');
}
