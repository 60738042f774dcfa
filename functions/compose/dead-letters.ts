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
import { durationMs } from '../../shared/kernel/time.ts';
import type { BrokerCounts } from '../../shared/ports/broker-counts.ts';
import type { DeadLetterDesk } from '../../shared/ports/dead-letter-desk.ts';
import type { DeadLetterMetrics } from '../../shared/ports/dead-letter-metrics.ts';
import type { ReplayBook } from '../../shared/ports/replays.ts';
import type { DeadLetterIntake } from '../../shared/ports/dead-letters.ts';
import type { BronzeDuty } from './bronze.ts';
import { busEntities } from '../entities.ts';
import { once } from '../once.ts';
import type { Foundation } from './foundation.ts';

/** What is kept of dead letters, and what timers do about it. */
export interface DeadLetterDuty {
  readonly intake: DeadLetterIntake;
  readonly desk: DeadLetterDesk;
  readonly metrics: DeadLetterMetrics;
  readonly book: ReplayBook;
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
  const { limits, normal, webhooks, entities = busEntities } = config.deadLetters;
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
  const counts = openCounts(foundation);
  return {
    intake: createTableDeadLetterIntake({ table, clock, newId }),
    desk,
    metrics,
    book: createTableReplayBook({ table, clock, newId }),
    measure: () =>
      measureDeadLetters({
        ...{ desk, metrics, channel, counts, clock, log, newId, limits, normal, entities },
      }),
    purge: async () => {
      const { lakePayloads: lake } = await bronze();
      await purgePayloads({ desk, payloads, lake, clock, log, ...purge });
    },
  };
}

/** The administration client is not loaded before something is measured. */
function openCounts({ config, log }: Foundation): BrokerCounts {
  const open = once(async () => {
    const [{ openBusAdministration }, { createBrokerCounts }] = await Promise.all([
      import('./bus-administration.ts'),
      import('../../shared/messaging/broker-counts.ts'),
    ]);
    return createBrokerCounts(await openBusAdministration(config.connections.serviceBus), log);
  });
  return { deadLetters: async (entities) => (await open()).deadLetters(entities) };
}
