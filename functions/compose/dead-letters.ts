import { stateTables } from '../../shared/config/state-tables.ts';
import { measureDeadLetters } from '../../shared/deadletter/measure-dead-letters.ts';
import { purgePayloads } from '../../shared/deadletter/purge-payloads.ts';
import { createTableDeadLetterMetrics } from '../../shared/deadletter/table-dead-letter-metrics.ts';
import {
  createTableDeadLetterDesk,
  createTableDeadLetterIntake,
} from '../../shared/deadletter/table-dead-letters.ts';
import { createWebhookChannel } from '../../shared/deadletter/webhook-channel.ts';
import { durationMs } from '../../shared/kernel/time.ts';
import type { DeadLetterDesk } from '../../shared/ports/dead-letter-desk.ts';
import type { DeadLetterIntake } from '../../shared/ports/dead-letters.ts';
import type { BronzeDuty } from './bronze.ts';
import type { Foundation } from './foundation.ts';

/** What is kept of dead letters, and what timers do about it. */
export interface DeadLetterDuty {
  readonly intake: DeadLetterIntake;
  readonly desk: DeadLetterDesk;
  /** Measures, alerts and delivers what roles have to be told. */
  readonly measure: () => Promise<void>;
  /** Purges payloads beyond their retention. */
  readonly purge: () => Promise<void>;
}

/** A webhook that takes longer is tried again later. */
const webhookTimeoutMs = 5_000;

/** A run has ten minutes; a batch that is begun late still fits in. */
const purgeTime = durationMs(5 * 60_000);

export async function composeDeadLetters(
  foundation: Foundation,
  bronze: () => Promise<BronzeDuty>,
): Promise<DeadLetterDuty> {
  const { config, log, clock, newId, state, payloads } = foundation;
  const { limits, normal, webhooks } = config.deadLetters;
  const table = await state.table(stateTables.deadLetters);
  const desk = createTableDeadLetterDesk({
    ...{ table, clock, newId },
    resolutions: foundation.deadLetters,
  });
  const metrics = createTableDeadLetterMetrics(table);
  const channel = createWebhookChannel({
    addresses: webhooks,
    timeoutMs: webhookTimeoutMs,
    fetch,
  });
  const { deadLetterRetention: retention, idempotency } = config;
  const purge = { retention, landing: idempotency.claimLifetime, runTime: purgeTime };
  return {
    intake: createTableDeadLetterIntake({ table, clock, newId }),
    desk,
    measure: () =>
      measureDeadLetters({ desk, metrics, channel, clock, log, newId, limits, normal }),
    purge: async () => {
      const { lakePayloads: lake } = await bronze();
      await purgePayloads({ desk, payloads, lake, clock, log, ...purge });
    },
  };
}
