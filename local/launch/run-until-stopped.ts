import type { Crew } from './crew.ts';
import { LaunchError } from './launch-error.ts';

/** What a shell reports of a program that an interrupt has ended. */
const interruptedExitCode = 130;

/**
 * Does the work, then stays until a signal when the work says so, and ends the crew in any case.
 * Resolves to the exit code. A process of the crew that dies ends everything with its last words.
 */
export async function runUntilStopped(
  crew: Crew,
  work: () => Promise<number | 'stay'>,
  complain: (message: string) => void,
): Promise<number> {
  const signal = waitForSignal();
  try {
    const result = await Promise.race([work(), crew.failed, signal]);
    if (result === 'signal') return interruptedExitCode;
    if (result !== 'stay') return result;
    await Promise.race([crew.failed, signal]);
    return 0;
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    complain(error.message);
    return 1;
  } finally {
    await crew.stop();
  }
}

/** A second signal does not wait for the crew: its processes end when this one is gone. */
function waitForSignal(): Promise<'signal'> {
  return new Promise((resolve) => {
    let isFirst = true;
    const note = (): void => {
      if (!isFirst) process.exit(interruptedExitCode);
      isFirst = false;
      resolve('signal');
    };
    process.on('SIGINT', note).on('SIGTERM', note);
  });
}
