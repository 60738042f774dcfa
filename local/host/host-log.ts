import type { Clock } from '../../shared/kernel/time.ts';
import type { LogLevel } from './core/contract.ts';

/** Where the host writes what happens: `Host`, `Worker`, `Function.<name>`, `Function.<name>.User`. */
export interface HostLog {
  write(level: LogLevel, category: string, message: string): void;
}

export interface LineLogOptions {
  readonly clock: Clock;
  /** Lines below this level are dropped. */
  readonly minimumLevel: LogLevel;
  readonly writeLine: (line: string) => void;
}

const labels: Readonly<Record<LogLevel, string>> = {
  trace: 'trace',
  debug: 'debug',
  information: 'info ',
  warning: 'warn ',
  error: 'error',
  critical: 'fatal',
  none: '     ',
};

const order: readonly LogLevel[] = [
  'trace',
  'debug',
  'information',
  'warning',
  'error',
  'critical',
  'none',
];

/** A log of readable lines: time, level, category, message. */
export function createLineLog({ clock, minimumLevel, writeLine }: LineLogOptions): HostLog {
  const minimum = order.indexOf(minimumLevel);
  return {
    write(level, category, message) {
      if (order.indexOf(level) < minimum) return;
      writeLine(`${new Date(clock.now()).toISOString()} ${labels[level]} ${category}: ${message}`);
    },
  };
}
