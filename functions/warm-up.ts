import { AppError } from '../shared/kernel/app-error.ts';
import type { Log } from '../shared/ports/log.ts';
import type { Services } from './compose.ts';

/**
 * Begins to build the duties of the triggers and to open their connections while the host starts
 * its listeners, so that the first events find them ready and what cannot be used is in the log
 * before them. The start does not wait for it, and does not fail with it: the first event tries
 * again.
 */
export function warmUp(services: Services, log: Log): void {
  const { bronze, relay, deadLetterSources, orders, sagas, participants } = services;
  const report = (message: string) => (error: unknown) => {
    const code = error instanceof AppError ? error.code : 'bug';
    log.error(message, { code, reason: String(error) });
  };
  bronze()
    .then(({ connect }) => connect())
    .catch(report('The way into Bronze is not ready'));
  relay()
    .then(({ connect }) => connect())
    .catch(report('The way to the landing hub is not ready'));
  deadLetterSources()
    .then(({ connect }) => connect())
    .catch(report('The way of dead letters is not ready'));
  orders().catch(report('The way of order commands is not ready'));
  sagas().catch(report('The way of sagas is not ready'));
  participants()
    .then(({ connect }) => connect())
    .catch(report('The participants of sagas are not ready'));
}
