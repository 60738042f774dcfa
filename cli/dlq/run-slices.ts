import type { OutcomeAnswer, SliceAnswer } from './answers-codec.ts';

/** Work on any number of letters, by requests that each deal with a slice of them. */
export interface Slices {
  readonly ask: (continuation: string | undefined) => Promise<SliceAnswer>;
  readonly after: string | undefined;
  /** Whether nothing more is to be asked. */
  readonly isStopped: () => boolean;
  readonly onSlice: (slice: SliceAnswer, total: ReadonlyMap<string, number>) => void;
}

export interface SlicesResult {
  /** How many letters had each outcome. */
  readonly total: ReadonlyMap<string, number>;
  /** Where to go on; undefined when there is nothing left. */
  readonly next: string | undefined;
}

/** Outcomes of what was asked and is done, or would be. */
const good: readonly string[] = ['settled', 'replayed', 'would-pass', 'would-be-duplicate'];

/** Whether a letter was dealt with as was asked. */
export function isGood(outcome: string): boolean {
  return good.includes(outcome);
}

/** Asks for slice after slice until there is nothing left or it is stopped. */
export async function runSlices({ ask, after, isStopped, onSlice }: Slices): Promise<SlicesResult> {
  const total = new Map<string, number>();
  let next = after;
  do {
    const slice = await ask(next);
    for (const { outcome } of slice.outcomes) total.set(outcome, (total.get(outcome) ?? 0) + 1);
    onSlice(slice, total);
    next = slice.continuation ?? undefined;
    // A slice that ends in a failure is not followed by more of them.
    if (slice.outcomes.some(hasFailed)) break;
  } while (next !== undefined && !isStopped());
  return { total, next };
}

function hasFailed({ outcome }: OutcomeAnswer): boolean {
  return outcome === 'failed';
}
