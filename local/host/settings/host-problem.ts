/** Something the person who starts the host has to put right. */
export interface HostProblem {
  /** The file, or the function, that holds the fault. */
  readonly where: string;
  /** The setting, option or key at fault. */
  readonly key: string;
  readonly problem: string;
  readonly remedy: string;
}

/** The host refuses to start: every problem found, not only the first. */
export class HostStartError extends Error {
  override readonly name = 'HostStartError';
  readonly problems: readonly HostProblem[];

  constructor(problems: readonly HostProblem[]) {
    super(describeProblems(problems));
    this.problems = problems;
  }
}

function describeProblems(problems: readonly HostProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map(
    ({ where, key, problem, remedy }) => `  - ${where}, ${key}: ${problem}. ${remedy}.`,
  );
  return [`The Functions host cannot start (${count}):`, ...lines].join('\n');
}

/** The text of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
