import type { TableClient } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/time.ts';

/** What the desk works with. */
export interface DeskParts {
  /** An existing table. */
  readonly table: TableClient;
  readonly clock: Clock;
  /** A new random UUID. */
  readonly newId: () => string;
}

/** How often others may be faster before a change is given up. */
const maxTries = 20;

/**
 * Tries until it is not undefined.
 * Errors: `dead-letter.contended` (transient) when others were faster again and again.
 */
export async function persist<Value>(
  attempt: (isFirst: boolean) => Promise<Value | undefined>,
): Promise<Value> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const value = await attempt(tries === 0);
    if (value !== undefined) return value;
  }
  throw new AppError('dead-letter.contended', 'Others changed the dead letters again and again.', {
    kind: 'transient',
  });
}
