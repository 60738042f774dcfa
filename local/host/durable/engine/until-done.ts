import { pause } from '../../pause.ts';

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Repeats something until it succeeds; gives up, with undefined, when the signal is aborted. */
export async function untilDone<Value>(
  work: () => Promise<Value>,
  signal: AbortSignal,
  report: (error: unknown) => void,
): Promise<Value | undefined> {
  let pauseMs = firstPauseMs;
  while (!isAborted(signal)) {
    try {
      return await work();
    } catch (error) {
      if (!isAborted(signal)) report(error);
      await pause(pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }
  return undefined;
}

/** Asks anew: the compiler takes an answer from before a pause for granted. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
