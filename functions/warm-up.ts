import { AppError } from '../shared/kernel/app-error.ts';
import type { Log } from '../shared/ports/log.ts';
import type { Services } from './compose.ts';

/**
 * Begins to build the way into Bronze while the host starts its listeners, so that the first event
 * finds it ready and a lake or catalogue that cannot be used is in the log before that event. The
 * start does not wait for it, and does not fail with it: the first event tries again.
 */
export function warmUp(services: Services, log: Log): void {
  services.bronze().catch((error: unknown) => {
    const code = error instanceof AppError ? error.code : 'bug';
    log.error('The way into Bronze is not ready', { code, reason: String(error) });
  });
}
