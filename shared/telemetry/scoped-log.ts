import { AsyncLocalStorage } from 'node:async_hooks';
import type { Log } from '../ports/log.ts';

/**
 * One log for adapters that live longer than an invocation: what they write during an invocation
 * goes to the log of that invocation, and so carries its trace.
 */
export interface ScopedLog extends Log {
  /** Runs work whose entries, however deep and however late, go to `log`. */
  during<Value>(log: Log, work: () => Value): Value;
}

/** `outside` takes what is written when no invocation runs. */
export function createScopedLog(outside: Log): ScopedLog {
  const scope = new AsyncLocalStorage<Log>();
  const current = (): Log => scope.getStore() ?? outside;
  return {
    debug: (message, details) => {
      current().debug(message, details);
    },
    info: (message, details) => {
      current().info(message, details);
    },
    warn: (message, details) => {
      current().warn(message, details);
    },
    error: (message, details) => {
      current().error(message, details);
    },
    during: (log, work) => scope.run(log, work),
  };
}
