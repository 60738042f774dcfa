import { entities } from './entities.ts';
import { registerHubConsumer } from './hub-consumer.ts';
import type { Registration } from './registration.ts';

/** Lands what died outside the Bronze consumer, from the internal hub that it is relayed to. */
export function registerLandDeadLetters(registration: Registration): void {
  registerHubConsumer(registration, { name: 'land-dead-letters', hub: entities.deadLettersHub });
}
