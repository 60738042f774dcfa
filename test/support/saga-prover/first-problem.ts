/** What is wrong, and whether it is so. */
export type Check = readonly [problem: string, isBroken: boolean];

/** The first of these that is so. */
export function firstProblem(checks: readonly Check[]): string | undefined {
  return checks.find(([, isBroken]) => isBroken)?.[0];
}
