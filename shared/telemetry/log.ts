import type { ErrorDetails } from '../kernel/app-error.ts';
import type { Log } from '../ports/log.ts';

/** Where lines go: the context of an invocation, or the console. */
export interface LogSink {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/**
 * Writes one line per entry: the message, then its details and the fields of the log as JSON, so
 * that no value can break a line or pass for another field.
 */
export function createLog(sink: LogSink, fields: ErrorDetails = {}): Log {
  const line = (message: string, details: ErrorDetails = {}): string => {
    const json = JSON.stringify({ ...details, ...fields });
    return json === '{}' ? message : `${message} ${json}`;
  };
  return {
    debug: (message, details) => {
      sink.debug(line(message, details));
    },
    info: (message, details) => {
      sink.info(line(message, details));
    },
    warn: (message, details) => {
      sink.warn(line(message, details));
    },
    error: (message, details) => {
      sink.error(line(message, details));
    },
  };
}
