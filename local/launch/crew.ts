import { startChild, type Child, type ChildOptions } from './child.ts';
import { LaunchError } from './launch-error.ts';

/** The processes of a runtime, ended together in the reverse order of their start. */
export interface Crew {
  /** Starts a process and waits until it is ready. Errors: `LaunchError` when it ends before. */
  start(options: ChildOptions): Promise<{ readonly child: Child; readonly ready: string }>;
  /** Rejects with a `LaunchError` when a process ends that nobody asked to. */
  readonly failed: Promise<never>;
  /** Ends all processes. May be called more than once, and while one is starting. */
  stop(): Promise<void>;
}

export function assembleCrew(): Crew {
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
      const child = startChild(options);
      children.push(child);
      void child.ended.then((message) => {
        if (stopping === undefined) failure.reject(new LaunchError(message));
      });
      return { child, ready: await child.ready };
    },
    stop() {
      stopping ??= stopAll();
      return stopping;
    },
  };
}
