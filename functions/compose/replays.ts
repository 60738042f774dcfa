import type { ReplayPorts } from '../../shared/deadletter/replay/replay-letter.ts';
import { replayFollowers } from '../../shared/deadletter/replay/replay-in-order.ts';
import type { ReplayWays } from '../../shared/deadletter/replay/replay-ways.ts';
import { resumeReplays } from '../../shared/deadletter/replay/resume-replays.ts';
import type { Config } from '../../shared/config/config.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { replayProperties } from '../../shared/kernel/replay-properties.ts';
import { durationMs, epochMs } from '../../shared/kernel/time.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import { createHubSender } from '../../shared/messaging/hub-sender.ts';
import { createReplaySender } from '../../shared/messaging/replays/replay-sender.ts';
import type { Rejection } from '../../shared/ports/events.ts';
import type { SagaInstances } from '../../shared/ports/sagas.ts';
import { consumers, entities } from '../entities.ts';
import type { DeadLetterDuty } from './dead-letters.ts';
import type { Foundation } from './foundation.ts';
import { createReplayProbe, type ProbedDuties } from './replay-probe.ts';

/** What the functions around replays do. */
export interface ReplayDuty {
  readonly ports: ReplayPorts;
  /** Replays what was parked behind a letter that was discarded; the timer does what this cannot. */
  readonly releaseBehind: (
    id: string,
    decision: { readonly by: string; readonly why: string },
  ) => Promise<void>;
  /** Goes on with what a crash or an outage left half-done. Errors: as `DeadLetterDesk`. */
  readonly resume: () => Promise<void>;
  /**
   * Hands a replay to the handler of the consumer that failed. What names no consumer of ours
   * becomes a dead letter. Errors: those of the handlers.
   */
  readonly handle: (instances: SagaInstances, message: BusMessage) => Promise<void>;
}

/** Somebody who replays a letter has settled it, or is dead, after this. */
const resumeAge = durationMs(60_000);

export function composeReplays(
  foundation: Foundation,
  { desk, book }: Pick<DeadLetterDuty, 'desk' | 'book'>,
  duties: ProbedDuties,
): ReplayDuty {
  const { bus, clock, config, directory, hubs, log, payloads } = foundation;
  const sender = createReplaySender({
    bus,
    hub: createHubSender(hubs.producerOf(entities.landingHub)),
    partitionIds: async () => (await directory.facts(entities.landingHub)).partitionIds,
    payloads,
  });
  const probe = createReplayProbe(foundation, duties);
  const ports = { desk, book, payloads, sender, probe, ways: waysOf(config), log };
  return {
    ports,
    releaseBehind: async (id, { by, why }) => {
      const wish = { by, why: `behind ${id}, which was discarded: ${why}`, isDryRun: false };
      try {
        const file = await desk.show(id);
        if (file !== undefined)
          await replayFollowers(ports, file.record, { wish, sent: new Set() });
      } catch (error) {
        // The letter is discarded: that must not be taken for a failure.
        const code = error instanceof AppError ? error.code : 'bug';
        log.error('Parked letters were not released', { id, code, reason: String(error) });
      }
    },
    resume: async () => {
      const done = await resumeReplays(ports, epochMs(clock.now() - resumeAge));
      if (done.resumed + done.released > 0) log.info('Went on with replays', { ...done });
    },
    handle: (instances, message) => handleReplay(foundation, duties, { instances, message }),
  };
}

function waysOf(config: Config): ReplayWays {
  const { bronze, sagaEvents, choreographed } = consumers(config);
  // A queue that is ingested from is one; a subscription has others beside it.
  const foreign = (config.deadLetters.entities ?? []).filter(
    (name) => !/\/subscriptions\//i.test(name),
  );
  return {
    bronze: { hub: entities.landingHub, origins: bronze },
    handlers: {
      queue: entities.replaysQueue,
      origins: [...sagaEvents, ...choreographed.map(({ consumer }) => consumer)],
    },
    queues: [
      ...[entities.ordersQueue, ...Object.values(entities.commandQueues), entities.repliesQueue],
      ...foreign,
    ],
    chosen: config.deadLetters.replayTargets,
  };
}

async function handleReplay(
  { config, recovery }: Foundation,
  { sagas, choreography }: ProbedDuties,
  { instances, message }: { readonly instances: SagaInstances; readonly message: BusMessage },
): Promise<void> {
  const named = message.properties.get(replayProperties.origin);
  const { sagaEvents, choreographed } = consumers(config);
  const isNamed = (consumer: string): boolean =>
    typeof named === 'string' && consumer.toLowerCase() === named.toLowerCase();
  const entity = sagaEvents.find(isNamed);
  if (entity !== undefined) {
    await (await sagas()).takeEvents(instances, { kind: 'bus', entity, messages: [message] });
    return;
  }
  const reacting = choreographed.find(({ consumer }) => isNamed(consumer));
  if (reacting !== undefined) {
    await (await choreography()).takeMessage(reacting.participant, message);
    return;
  }
  const handled = { entity: entities.replaysQueue, message };
  await (await recovery()).handle(handled, () => Promise.resolve(unknownConsumer));
}

const unknownConsumer: Rejection = {
  category: 'processing',
  violations: [
    {
      code: 'replay.consumer_unknown',
      detail: 'The message names no consumer that this application has.',
    },
  ],
};
