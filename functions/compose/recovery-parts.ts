import type { Config } from '../../shared/config/config.ts';
import type { Clock, Wait } from '../../shared/kernel/time.ts';
import type { BusSender } from '../../shared/ports/bus.ts';
import type { CircuitBreaker } from '../../shared/ports/circuits.ts';
import type { DeadLetterSender } from '../../shared/ports/dead-letters.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { ResolutionSender } from '../../shared/ports/resolutions.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import type { EventReader } from '../../shared/ports/events.ts';
import type { PayloadStore } from '../../shared/ports/payloads.ts';
import type { OrderKeeper } from './keep-order.ts';
import type { Storage } from './storage.ts';

/** A message of an entity that somebody handles. */
export interface Handled {
  /** The queue or `topic/Subscriptions/name`. */
  readonly entity: string;
  readonly message: BusMessage;
}

/** The connections of the process that recovery is built on. */
export interface RecoveryGround {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly state: Storage;
  readonly payloads: PayloadStore;
  readonly deadLetters: DeadLetterSender & ResolutionSender;
  readonly bus: () => Promise<BusSender>;
  readonly reader: () => Promise<EventReader>;
}

/** What it takes to decide about messages whose handling fails. */
export interface RecoveryParts {
  readonly settings: Config['recoverability'];
  readonly clock: Clock;
  readonly log: Log;
  readonly wait: Wait;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly bus: () => Promise<BusSender>;
  /** Takes copies for consumers that read from subscriptions. */
  readonly sharedQueue: string;
  readonly deadLetters: DeadLetterSender;
  readonly breaker: CircuitBreaker;
  readonly order: OrderKeeper;
}
