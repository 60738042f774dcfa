import type { EpochMicros, EpochMs } from '../kernel/time.ts';
import type { CarriedDeadLetter, Violation } from './events.ts';

export type ErrorCategory = 'schema' | 'processing' | 'timeout' | 'poison';

/** Where a dead letter's bytes are. */
export interface DeadLetterPayload {
  /** `utf8` and `base64`: `content` is the payload; `blob`: the name of the blob that holds it. */
  readonly encoding: 'utf8' | 'base64' | 'blob';
  readonly content: string;
  readonly sizeBytes: number;
}

/** One dead letter, whatever it died of and wherever: the same record from every source. */
export interface DeadLetterRecord {
  /** UUID v5 of the position at which it died, so that ingesting it twice writes it once. */
  readonly id: string;
  readonly eventId: string | null;
  readonly source: string | null;
  readonly type: string | null;
  readonly eventTime: EpochMicros | null;
  readonly partitionId: string;
  readonly offset: string;
  readonly category: ErrorCategory;
  readonly code: string;
  readonly violations: readonly [Violation, ...Violation[]];
  readonly payload: DeadLetterPayload;
  readonly deadLetteredAt: EpochMs;
  /** How often it was tried again before it died. */
  readonly retryCount: number;
  /** `decode`, `validate`, `claim`, `handle`, `deliver` or `saga`. */
  readonly stage: string;
  /** The hub, queue or `topic/Subscriptions/name` whose consumer failed: a replay goes there. */
  readonly origin: string;
  readonly sequenceNumber: number;
  readonly itemIndex: number;
  /** Type and code: dead letters of one cause share it. */
  readonly failureGroup: string;
  readonly deliveryCount: number | null;
  readonly schemaVersion: string | null;
  readonly subject: string | null;
  readonly traceparent: string | null;
  readonly correlationId: string | null;
  readonly causationId: string | null;
  /** What a replay needs to send it as it was sent. */
  readonly contentType: string | null;
  readonly sessionId: string | null;
  readonly partitionKey: string | null;
  /** JSON object of the application properties. */
  readonly properties: string;
}

/** By what replay a letter was sent, and into which hub or queue. */
export interface ReplayedAs {
  readonly id: string;
  readonly target: string;
}

/** What became of a dead letter. `open` until somebody or something settles it. */
export interface Resolution {
  readonly state: 'open' | 'replayed' | 'discarded' | 'purged';
  readonly at: EpochMs | undefined;
  readonly by: string;
  readonly why: string;
  /** Of a letter that was replayed. */
  readonly replay?: ReplayedAs;
}

/**
 * The operational table of dead letters (`brzeventdeadletter`): one row for each, by its id, and
 * what people ask of them without a scan.
 * Errors: `storage.unavailable` (transient).
 */
export interface DeadLetterIntake {
  /** Inserts what is not there yet; repeating it is harmless and undoes no resolution. */
  record(records: readonly DeadLetterRecord[]): Promise<void>;
}

/** A message that died, with the bytes and properties that it had. */
export interface DeadMessage extends Omit<CarriedDeadLetter, 'properties'> {
  /** A Map, because a producer chooses the keys (`__proto__`). */
  readonly properties: ReadonlyMap<string, unknown>;
  readonly body: Uint8Array;
  /** Places in a JSON batch whose events have their verdicts elsewhere: they get no dead letter. */
  readonly judged?: readonly number[];
}

/** Takes what dies outside the Bronze consumer on its way to the table of dead letters. */
export interface DeadLetterSender {
  /**
   * Resolves when all of them are kept; then they may be settled. One that is rejected again, with
   * the same position, is the same dead letter. Nothing is refused for its content.
   * Errors: `broker.unavailable`, `storage.unavailable` (transient).
   */
  reject(messages: readonly DeadMessage[]): Promise<void>;
}
