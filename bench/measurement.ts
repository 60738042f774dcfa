import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** One budget of the system, measured. Values are ratios within this run, counts or bytes. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly budget: number;
  /** `most`: the value must not exceed the budget. `least`: it must reach it. */
  readonly kind: 'most' | 'least';
  readonly detail: string;
}

export interface Bench {
  readonly name: string;
  run(): Promise<readonly Measurement[]>;
}

export function isWithinBudget({ value, budget, kind }: Measurement): boolean {
  return kind === 'most' ? value <= budget : value >= budget;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * CPU milliseconds, user and system, that the work takes in this process. It pays for its own
 * garbage only.
 */
export async function cpuOf(work: () => unknown): Promise<number> {
  collectGarbage();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Medians of two kinds of work that take turns, so that a noisy neighbour disturbs both alike.
 * The first round warms up and is not counted.
 */
export async function takeTurns(
  rounds: number,
  ours: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<{ readonly ours: number; readonly baseline: number }> {
  const samples = { ours: [] as number[], baseline: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const values = { baseline: await baseline(), ours: await ours() };
    if (round === 0) continue;
    samples.ours.push(values.ours);
    samples.baseline.push(values.baseline);
  }
  return { ours: median(samples.ours), baseline: median(samples.baseline) };
}
