import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import { createHubSender } from '../../shared/messaging/hub-sender.ts';
import { createRelay } from '../../shared/messaging/relay.ts';
import { entities, relayOrigin } from '../entities.ts';
import type { Foundation } from './foundation.ts';

/** What the relay function does. */
export interface RelayDuty {
  /** Opens what the first messages would otherwise wait for. Errors: as `relayMessages`. */
  readonly connect: () => Promise<void>;
  /** Errors: `broker.unavailable`, `storage.unavailable` (transient); never for content. */
  readonly relayMessages: (messages: readonly BusMessage[]) => Promise<void>;
}

export function composeRelay({ hubs, directory, payloads, log }: Foundation): RelayDuty {
  const relay = createRelay({
    origin: relayOrigin,
    sender: createHubSender(hubs.producerOf(entities.landingHub)),
    partitionIds: async () => (await directory.facts(entities.landingHub)).partitionIds,
    payloads,
  });
  return {
    connect: () => relay.connect(),
    relayMessages: async (messages) => {
      await relay.relay(messages);
      log.info('Relayed messages', { messages: messages.length });
    },
  };
}
