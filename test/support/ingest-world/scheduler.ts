import { AppError } from '../../../shared/kernel/app-error.ts';
import { describeArguments } from './timeline.ts';
import type { CallControl } from './controlled-ports.ts';

/** What a call does and what its caller hears: the faults of a network. */
export type Outcome = 'ok' | 'refused' | 'answer-lost';

/** A call that waits to be let through. */
export interface PendingCall {
  readonly processName: string;
  readonly name: string;
  finish(outcome: Outcome): Promise<void>;
}

/** Holds every call of every process until told which one goes next. */
export interface Scheduler {
  readonly pending: readonly PendingCall[];
  controlFor(processName: string): CallControl;
  /** Forgets a process: its calls never return, as after a crash. */
  kill(processName: string): void;
  /** Waits until every process is held, or done. */
  settle(): Promise<void>;
}

export function createScheduler(note: (line: string) => void): Scheduler {
  const pending: PendingCall[] = [];
  const remove = (call: PendingCall): void => void pending.splice(pending.indexOf(call), 1);
  return {
    pending,
    controlFor: (processName) => (outside, effect) =>
      new Promise((resolve, reject) => {
        const call: PendingCall = {
          processName,
          name: outside.name,
          finish: async (outcome) => {
            remove(call);
            note(`${processName} ${outside.name}(${describeArguments(outside.args)}) ${outcome}`);
            if (outcome === 'refused') {
              reject(unavailable());
              return;
            }
            await effect().then(
              outcome === 'ok'
                ? resolve
                : () => {
                    reject(unavailable());
                  },
              reject,
            );
          },
        };
        pending.push(call);
      }),
    kill: (processName) => {
      for (const call of pending.filter((each) => each.processName === processName)) remove(call);
    },
    // All code between two calls is synchronous or made of microtasks: one turn runs all of it.
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

function unavailable(): AppError {
  return new AppError('storage.unavailable', 'injected', { kind: 'transient' });
}
