/** A fault to plant: a text of one of the sources, and what it becomes. */
export interface Mutation {
  readonly name: string;
  /** Below the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly search: string;
  readonly replace: string;
}

/** Faults in one file, each as its name, the text, and what it becomes. */
export function mutationsOf(
  file: string,
  faults: readonly (readonly [name: string, search: string, replace: string])[],
): readonly Mutation[] {
  return faults.map(([name, search, replace]) => ({ name, file, search, replace }));
}
