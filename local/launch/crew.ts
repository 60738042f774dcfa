import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child, type ChildOptions } from './child.ts';
import { LaunchError } from './launch-error.ts';

/** The processes of a runtime, ended together in the reverse order of their start. */
export interface Crew {
  /** Starts a process and resolves to its first line. Errors: `LaunchError` when it ends before. */
  start(options: Omit<ChildOptions, 'logFile'>): Promise<string>;
  /** Rejects with a `LaunchError` when a process ends that nobody asked to. */
  readonly failed: Promise<never>;
  /** Ends all processes. May be called more than once, and while one is starting. */
  stop(): Promise<void>;
}

/** Each process writes its log into a folder, under its name. */
export function assembleCrew(logFolder: string): Crew {
  const children: Child[] = [];
  const failure = Promise.withResolvers<never>();
  let stopping: Promise<void> | undefined;
  // Whoever waits for it hears of it; nobody may be waiting yet.
  failure.promise.catch(() => undefined);
  const stopAll = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.stop();
  };
  return {
    failed: failure.promise,
    async start(options) {
      if (stopping !== undefined) throw new LaunchError('The runtime is stopping.');
      mkdirSync(logFolder, { recursive: true });
      const child = startChild({ ...options, logFile: join(logFolder, `${options.name}.log`) });
      children.push(child);
      void child.ended.then((message) => {
        if (stopping === undefined) failure.reject(new LaunchError(message));
      });
      return child.ready;
    },
    stop() {
      stopping ??= stopAll();
      return stopping;
    },
  };
}
