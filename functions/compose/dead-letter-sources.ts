import { claimDeadLetters } from '../../shared/ingest/claim-dead-letters.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import { brokerDeadLetter } from '../../shared/messaging/dead-letters/bus-dead-letter.ts';
import { readEventGridBlob } from '../../shared/messaging/dead-letters/event-grid-codec.ts';
import { relayOrigin } from '../entities.ts';
import { openClaims } from './claims.ts';
import type { Foundation } from './foundation.ts';

/** What the functions do that take in what others gave up. They never throw for content. */
export interface DeadLetterSources {
  /** Opens what the first dead letter would otherwise wait for. Errors: `broker.unavailable`. */
  readonly connect: () => Promise<void>;
  /**
   * Relays what the broker put into the dead-letter queue of an entity.
   * Errors: `broker.unavailable`, `storage.unavailable`, `ledger.contended` (transient).
   */
  readonly ingestBroker: (entity: string, messages: readonly BusMessage[]) => Promise<void>;
  /** Relays the events of a blob of Event Grid. Errors: as `ingestBroker`. */
  readonly ingestBlob: (path: string, bytes: Uint8Array) => Promise<void>;
}

/** Errors: `catalogue.invalid` (permanent), and those of storage (transient). */
export async function composeDeadLetterSources(foundation: Foundation): Promise<DeadLetterSources> {
  const { config, clock, log, deadLetters } = foundation;
  const [reader, claims] = await Promise.all([
    foundation.reader(),
    openClaims(foundation, 'bronze'),
  ]);
  return {
    connect: () => deadLetters.connect(),
    ingestBroker: async (entity, messages) => {
      const options = { entity, lock: config.bus.lock, now: clock.now() };
      const letters = messages.map((message) => brokerDeadLetter(message, options));
      // On the way into Bronze an event may have landed although its message died.
      const isOnTheWay = entity === relayOrigin;
      const open = isOnTheWay ? await claimDeadLetters({ reader, claims }, letters) : letters;
      await deadLetters.reject(open);
      const judged = letters.length - open.length;
      log.info('Relayed dead letters of the broker', { entity, letters: open.length, judged });
    },
    ingestBlob: async (path, bytes) => {
      const letters = readEventGridBlob({ path, bytes, readAt: clock.now() });
      await deadLetters.reject(letters);
      log.info('Relayed dead letters of Event Grid', { path, letters: letters.length });
    },
  };
}
