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
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      if (!signal.aborted) report(error);
      await pause(pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }
  return undefined;
}
