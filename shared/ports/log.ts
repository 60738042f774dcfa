import type { ErrorDetails } from '../kernel/app-error.ts';

/** Structured log. Details never hold payload or personal values. */
export interface Log {
  debug(message: string, details?: ErrorDetails): void;
  info(message: string, details?: ErrorDetails): void;
  warn(message: string, details?: ErrorDetails): void;
  error(message: string, details?: ErrorDetails): void;
}
