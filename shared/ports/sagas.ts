import type { JsonObject } from '../kernel/json-value.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { EventKey } from './events.ts';

/**
 * What a saga may do next. `claimed`: a run may be started. `running`: one run has entered.
 * `closed`: nothing starts any more, except that a completed saga may be sent back. `returning`:
 * it is being sent back, by a run of its own.
 */
export type ClaimPhase = 'claimed' | 'running' | 'closed' | 'returning';

/** How a run of a saga ended. Journal and stuck compensations are stored as the run spelled them. */
export interface SagaEnding {
  readonly outcome: 'completed' | 'compensated' | 'needs-human';
  readonly reason?: { readonly code: string; readonly detail: string };
  readonly at: EpochMs;
  /** What the saga knew in the end. */
  readonly facts: JsonObject;
  readonly journal: readonly object[];
  readonly stuck: readonly object[];
  /** Ids of the replies and cancels that the run has seen: any other one came too late. */
  readonly seen: readonly string[];
}

/** The permanent row of a saga. Which run may act, and how the saga ended, is decided here alone. */
export interface SagaClaim {
  readonly sagaId: string;
  readonly definition: string;
  readonly phase: ClaimPhase;
  /** The event that started it. */
  readonly startedBy: EventKey;
  readonly facts: JsonObject;
  readonly traceparent?: string;
  readonly claimedAt: EpochMs;
  /** Of the one run that has entered. */
  readonly token?: string;
  readonly enteredAt?: EpochMs;
  readonly ending?: SagaEnding;
  /** Of the one run that sends the completed saga back. */
  readonly returnToken?: string;
  readonly returnedAt?: EpochMs;
  /** How that run ended; it does not take the place of `ending`. */
  readonly returnEnding?: SagaEnding;
}

export interface StoredClaim {
  readonly claim: SagaClaim;
  readonly etag: string;
}

/** A reply as it arrived, kept whether or not a run still waits for it. */
export interface StoredReply {
  readonly id: string;
  readonly commandId: string;
  /** The code of a refusal. */
  readonly code?: string;
  readonly outcome: 'done' | 'refused';
  readonly receivedAt: EpochMs;
}

/** A demand that a saga be compensated, kept whether or not the saga exists yet. */
export interface StoredCancel {
  readonly id: string;
  readonly code: string;
  readonly detail: string;
  readonly receivedAt: EpochMs;
}

/** Everything that is stored of one saga; replies and cancels in the order of their arrival. */
export interface SagaFile {
  readonly stored: StoredClaim | undefined;
  readonly replies: readonly StoredReply[];
  readonly cancels: readonly StoredCancel[];
}

/**
 * Sagas by id.
 * Errors: `storage.unavailable` (transient), `storage.unexpected_answer` (permanent).
 */
export interface SagaStore {
  /** Undefined when the saga has a claim already. */
  insert(claim: SagaClaim): Promise<StoredClaim | undefined>;
  read(sagaId: string): Promise<StoredClaim | undefined>;
  /** Undefined when the claim has changed since `etag`. */
  replace(claim: SagaClaim, etag: string): Promise<StoredClaim | undefined>;
  /** Keeps a reply; keeping it again is harmless, the first stays. */
  addReply(sagaId: string, reply: StoredReply): Promise<void>;
  /** Keeps a cancel; keeping it again is harmless, the first stays. */
  addCancel(sagaId: string, cancel: StoredCancel): Promise<void>;
  /** All that is known of the saga, in one request. */
  open(sagaId: string): Promise<SagaFile>;
}

/** What became of a message for a run. */
export type RaiseOutcome = 'raised' | 'missing' | 'ended';

/** What the durable engine knows of an instance. */
export interface InstanceStatus {
  readonly state: 'pending' | 'running' | 'suspended' | 'ended' | 'failed';
  /** What the run shows of itself. */
  readonly view: unknown;
}

/**
 * The durable instances that run sagas.
 * Errors: `durable.unavailable` (transient).
 */
export interface SagaInstances {
  /** Starts a run; resolves as well when an instance of this id runs already. */
  start(instanceId: string, input: JsonObject): Promise<void>;
  /** Puts a message before the run. `missing`: there is none; `ended`: it reads no more. */
  raise(instanceId: string, message: object): Promise<RaiseOutcome>;
  status(instanceId: string): Promise<InstanceStatus | undefined>;
}
