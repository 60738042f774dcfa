import { setTimeout as delay } from 'node:timers/promises';

/** setTimeout counts in 32 bits: longer waits are cut into pieces of this length. */
const longestPieceMs = 24 * 24 * 60 * 60 * 1000;

/** Waits; answers false at once if the signal is aborted, before or meanwhile. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<boolean> {
  let left = durationMs;
  try {
    do {
      const piece = Math.min(Math.max(left, 0), longestPieceMs);
      await delay(piece, undefined, { signal });
      left -= piece;
    } while (left > 0);
    return true;
  } catch {
    // The only way a delay fails is the abort of its signal.
    return false;
  }
}
