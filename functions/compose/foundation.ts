import { randomUUID } from 'node:crypto';
import type { Config } from '../../shared/config/config.ts';
import { durationMs, systemClock, type Clock } from '../../shared/kernel/time.ts';
import {
  createDeadLetterSender,
  type HubDeadLetterSender,
} from '../../shared/messaging/dead-letters/dead-letter-sender.ts';
import { createHubDirectory, type HubDirectory } from '../../shared/messaging/hub-directory.ts';
import { askHubFacts } from '../../shared/messaging/hub-reader.ts';
import { createHubSender } from '../../shared/messaging/hub-sender.ts';
import { createBlobPayloadStore } from '../../shared/payloads/blob-payload-store.ts';
import type { EventReader } from '../../shared/ports/events.ts';
import type { BusSender } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { PayloadRemoval, PayloadStore } from '../../shared/ports/payloads.ts';
import { entities } from '../entities.ts';
import { once } from '../once.ts';
import type { Recovery } from './recovery.ts';
import { openHubs, type Hubs } from './hubs.ts';
import { openStorage, type Storage } from './storage.ts';

/** What several duties share: one set of connections for the whole process. */
export interface Foundation {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly state: Storage;
  readonly hubs: Hubs;
  readonly directory: HubDirectory;
  readonly payloads: PayloadStore & PayloadRemoval;
  /** The way of dead letters to their hub. */
  readonly deadLetters: HubDeadLetterSender;
  /** Opened when it is first asked for. */
  readonly bus: () => Promise<BusSender>;
  /** Errors: as `openEventReader`. */
  readonly reader: () => Promise<EventReader>;
  /** What becomes of messages that cannot be handled. Errors: `storage.unavailable` (transient). */
  readonly recovery: () => Promise<Recovery>;
  /** Closes what is open. */
  close(): Promise<void>;
}

/** A re-created hub is noticed after this time at the latest, or as soon as a position disagrees. */
const incarnationAge = durationMs(30_000);

/** Opens the connections; nothing is sent before they are used. */
export async function layFoundation(config: Config, log: Log): Promise<Foundation> {
  const { connections, hubs: hubConfig, payloadContainer } = config;
  const [state, hubs] = await Promise.all([
    openStorage(connections.stateStorage),
    openHubs(connections.eventHubs, hubConfig.rereadGroup),
  ]);
  const directory = createHubDirectory({
    ask: (hub) => askHubFacts(hubs.consumerOf(hub)),
    clock: systemClock,
    maxAge: incarnationAge,
  });
  const payloads = createBlobPayloadStore(state.container(payloadContainer));
  const bus = openBusOnce(config);
  const deadLetters = createDeadLetterSender({
    sender: createHubSender(hubs.producerOf(entities.deadLettersHub)),
    partitionIds: async () => (await directory.facts(entities.deadLettersHub)).partitionIds,
    payloads,
  });
  const ground = {
    ...{ config, log, state, payloads, deadLetters },
    bus: async () => (await bus.open()).sender,
    clock: systemClock,
    newId: randomUUID,
    reader: once(async () => (await import('./event-reader.ts')).openEventReader(config)),
  };
  return {
    ...ground,
    ...{ hubs, directory },
    recovery: once(async () => (await import('./recovery.ts')).openRecovery(ground)),
    close: async () => {
      await Promise.all([hubs.close(), bus.close()]);
    },
  };
}

/** The Service Bus client is not loaded before somebody sends. */
function openBusOnce({ connections }: Config) {
  let isOpen = false;
  const open = once(async () => {
    isOpen = true;
    return (await import('./bus.ts')).openBus(connections.serviceBus);
  });
  const close = async (): Promise<void> => {
    if (isOpen) await (await open()).close();
  };
  return { open, close };
}
