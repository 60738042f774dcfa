import { createDeadLetterAccess } from '../../../functions/compose/dead-letter-access.ts';
import { createDeadLetterApi } from '../../../functions/compose/dead-letter-api.ts';
import type { Caller } from '../../../functions/http-actor.ts';
import type { ErrorDetails } from '../../../shared/kernel/app-error.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { DeadLetterRecord } from '../../../shared/ports/dead-letters.ts';
import type { Log } from '../../../shared/ports/log.ts';
import { createMemoryDeadLetters } from './memory-dead-letters.ts';
import { createMemoryMetrics } from './memory-metrics.ts';
import { sampleInstant, sampleLetter } from './sample-letters.ts';

/** A person with the function key, where App Service authentication is off. */
export const keyHolder: Caller = { name: 'ada', roles: undefined, from: '203.0.113.7:4711' };

/** The API of dead letters on memory, and what it has written into the log. */
export function createDeskHouse() {
  const state = { now: sampleInstant };
  const clock = { now: () => epochMs((state.now += 1)) };
  const desk = createMemoryDeadLetters(clock);
  const metrics = createMemoryMetrics();
  const audited: ErrorDetails[] = [];
  const log: Log = {
    debug: () => undefined,
    info: (_message, details = {}) => void audited.push(details),
    warn: () => undefined,
    error: () => undefined,
  };
  const roles = { reader: 'DeadLetters.Read', operator: 'DeadLetters.Operate' };
  const access = createDeadLetterAccess({ roles, log });
  /** Letters behind which parked ones were released. */
  const released: string[] = [];
  const releaseBehind = (id: string): Promise<void> => Promise.resolve(void released.push(id));
  const api = createDeadLetterApi({ desk, metrics, access, releaseBehind });
  /** Letters that died a second after each other. */
  const arrive = async (
    names: readonly string[],
    fields: Partial<DeadLetterRecord> = {},
  ): Promise<void> => {
    await desk.record(
      names.map((name, at) =>
        sampleLetter(name, { deadLetteredAt: epochMs(sampleInstant + at * 1_000), ...fields }),
      ),
    );
  };
  return { api, desk, metrics, audited, released, arrive };
}
