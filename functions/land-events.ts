import { entities } from './entities.ts';
import { registerHubConsumer } from './hub-consumer.ts';
import type { Registration } from './registration.ts';

/** Lands the events that upstream systems send to Event Hubs. */
export function registerLandEvents(registration: Registration): void {
  registerHubConsumer(registration, { name: 'land-events', hub: entities.eventsHub });
}
