import { entities } from './entities.ts';
import { registerHubConsumer } from './hub-consumer.ts';
import type { Registration } from './registration.ts';

/** Lands the events that arrived through Service Bus, from the internal hub they are relayed to. */
export function registerLandRelayedEvents(registration: Registration): void {
  registerHubConsumer(registration, { name: 'land-relayed-events', hub: entities.landingHub });
}
