import { stateTables } from '../../shared/config/state-tables.ts';
import { measureDeadLetters } from '../../shared/deadletter/measure-dead-letters.ts';
import { purgePayloads } from '../../shared/deadletter/purge-payloads.ts';
import { createTableDeadLetterMetrics } from '../../shared/deadletter/table-dead-letter-metrics.ts';
import {
  createTableDeadLetterDesk,
  createTableDeadLetterIntake,
} from '../../shared/deadletter/table-dead-letters.ts';
import { createTableReplayBook } from '../../shared/deadletter/stage-replay.ts';
import { createWebhookChannel } from '../../shared/deadletter/webhook-channel.ts';
import type { DeadLetterDesk } from '../../shared/ports/dead-letter-desk.ts';
import type { ReplayBook } from '../../shared/ports/replays.ts';
import type { DeadLetterIntake } from '../../shared/ports/dead-letters.ts';
import type { Foundation } from './foundation.ts';

/** What is kept of dead letters, and what timers do about it. */
export interface DeadLetterDuty {
  readonly intake: DeadLetterIntake;
  readonly desk: DeadLetterDesk;
  readonly book: ReplayBook;
  /** Measures, alerts and delivers what roles have to be told. */
  readonly measure: () => Promise<void>;
  /** Purges payloads beyond their retention. */
  readonly purge: () => Promise<void>;
}

/** A webhook that takes longer is tried again later. */
const webhookTimeoutMs = 5_000;

export async function composeDeadLetters(foundation: Foundation): Promise<DeadLetterDuty> {
  const { config, log, clock, newId, state, payloads } = foundation;
  const { limits, normal, webhooks } = config.deadLetters;
  const table = await state.table(stateTables.deadLetters);
  const desk = createTableDeadLetterDesk({ table, clock, newId });
  const metrics = createTableDeadLetterMetrics(table);
  const channel = createWebhookChannel({
    addresses: webhooks,
    timeoutMs: webhookTimeoutMs,
    fetch,
  });
  const retention = config.deadLetterRetention;
  return {
    intake: createTableDeadLetterIntake({ table, clock, newId }),
    desk,
    book: createTableReplayBook({ table, clock, newId }),
    measure: () =>
      measureDeadLetters({ desk, metrics, channel, clock, log, newId, limits, normal }),
    purge: async () => {
      const purged = await purgePayloads({ desk, payloads, clock, log, retention });
      if (purged > 0) log.info('Purged payloads of dead letters', { purged });
    },
  };
}
