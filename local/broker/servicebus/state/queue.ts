import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { addDuration, type EpochMs } from '../../../../shared/kernel/time.ts';
import { expire, putBack } from './dead-lettering.ts';
import {
  receive,
  receiveDeferred,
  renewLock,
  type DeferredRequest,
  type Delivery,
  type ReceiveRequest,
} from './delivery.ts';
import { DuplicateWindow } from './duplicate-window.ts';
import {
  activateScheduled,
  admit,
  cancelScheduled,
  deleteReady,
  submit,
  submitForwarded,
  type Submission,
  type SubmitProblem,
} from './intake.ts';
import { LockTable } from './lock-table.ts';
import { MessageStore, type PeekRange } from './message-store.ts';
import type { LockToken, StoredMessage } from './message.ts';
import type {
  QueueIdentifiers,
  QueueObserver,
  QueueOutlets,
  QueueParts,
  QueueSettings,
} from './queue-parts.ts';
import { SessionTable, type SessionLock } from './session-table.ts';
import {
  acceptSession,
  expireSessions,
  findSession,
  listSessions,
  releaseSession,
  type AcceptProblem,
  type AcceptRequest,
  type SessionReference,
} from './sessions.ts';
import { settle, type SettleProblem, type Settlement } from './settlement.ts';

/** How many messages of a queue are in which state; every message is counted once. */
export interface QueueCounts {
  /** Active and free. */
  readonly ready: number;
  /** Under a peek-lock, active or deferred. */
  readonly locked: number;
  readonly deferred: number;
  readonly scheduled: number;
}

/**
 * The state of one queue, of one subscription, or of the dead-letter queue of either.
 * It does no I/O and reads no clock: each operation first brings the state up to `now`.
 */
export class BrokerQueue {
  readonly settings: QueueSettings;
  readonly #parts: QueueParts;

  constructor(
    settings: QueueSettings,
    surroundings: { readonly outlets: QueueOutlets; readonly identifiers: QueueIdentifiers },
  ) {
    const { duplicateDetectionWindow, requiresSession } = settings;
    this.settings = settings;
    this.#parts = {
      settings,
      ...surroundings,
      store: new MessageStore({ sessions: requiresSession }),
      locks: new LockTable(),
      sessions: new SessionTable(),
      duplicates: duplicateDetectionWindow && new DuplicateWindow(duplicateDetectionWindow),
      observers: new Set(),
    };
  }

  /** Brings the state up to `now`: schedules, locks, sessions and lifetimes that are due. */
  advance(now: EpochMs): void {
    const { store, locks } = this.#parts;
    for (const message of store.takeActivating(now)) activateScheduled(this.#parts, message, now);
    for (const { message } of locks.takeExpired(now)) {
      putBack(this.#parts, message, { failed: true, now });
    }
    expireSessions(this.#parts, now);
    for (const message of store.takeExpiring(now)) {
      if (store.withdraw(message)) expire(this.#parts, message, now);
    }
  }

  /** Calls the observer from now on; the answer ends that. */
  observe(observer: QueueObserver): () => void {
    this.#parts.observers.add(observer);
    return () => this.#parts.observers.delete(observer);
  }

  submit(submission: Submission, now: EpochMs): Result<number, SubmitProblem> {
    this.advance(now);
    return submit(this.#parts, submission, now);
  }

  submitForwarded(submission: Submission, now: EpochMs): void {
    this.advance(now);
    submitForwarded(this.#parts, submission, now);
  }

  /** Takes a dead letter of the entity that this is the dead-letter queue of. */
  admit(message: StoredMessage): void {
    admit(this.#parts, message);
  }

  cancelScheduled(
    sequenceNumbers: readonly number[],
    now: EpochMs,
  ): Result<undefined, 'messageNotFound'> {
    this.advance(now);
    return cancelScheduled(this.#parts, sequenceNumbers);
  }

  /** Deletes ready messages enqueued before an instant, the oldest first; answers how many. */
  deleteReady(
    range: { readonly count: number; readonly enqueuedBefore: EpochMs },
    now: EpochMs,
  ): number {
    this.advance(now);
    return deleteReady(this.#parts, range);
  }

  receive(request: ReceiveRequest, now: EpochMs): Delivery | undefined {
    this.advance(now);
    return receive(this.#parts, request, now);
  }

  receiveDeferred(
    request: DeferredRequest,
    now: EpochMs,
  ): Result<readonly Delivery[], 'messageNotFound' | 'sessionLockLost'> {
    this.advance(now);
    return receiveDeferred(this.#parts, request, now);
  }

  settle(
    request: { readonly token: LockToken; readonly settlement: Settlement },
    now: EpochMs,
  ): Result<undefined, SettleProblem> {
    this.advance(now);
    return settle(this.#parts, request, now);
  }

  renewLock(token: LockToken, now: EpochMs): Result<EpochMs, 'lockLost'> {
    this.advance(now);
    return renewLock(this.#parts, token, now);
  }

  /** Messages in the order of their numbers, whatever their state, without locking them. */
  peek(range: PeekRange, now: EpochMs): readonly StoredMessage[] {
    this.advance(now);
    return this.#parts.store.peek(range);
  }

  acceptSession(request: AcceptRequest, now: EpochMs): Result<SessionLock, AcceptProblem> {
    this.advance(now);
    return acceptSession(this.#parts, request, now);
  }

  findSession(reference: SessionReference, now: EpochMs): SessionLock | undefined {
    this.advance(now);
    return findSession(this.#parts, reference);
  }

  releaseSession(lock: SessionLock, now: EpochMs): void {
    this.advance(now);
    releaseSession(this.#parts, lock, now);
  }

  renewSession(reference: SessionReference, now: EpochMs): Result<EpochMs, 'sessionLockLost'> {
    const lock = this.findSession(reference, now);
    if (lock === undefined) return fail('sessionLockLost');
    this.#parts.sessions.renew(lock, addDuration(now, this.settings.lockDuration));
    return succeed(lock.lockedUntil);
  }

  sessionState(
    reference: SessionReference,
    now: EpochMs,
  ): Result<Uint8Array | undefined, 'sessionLockLost'> {
    const lock = this.findSession(reference, now);
    if (lock === undefined) return fail('sessionLockLost');
    return succeed(this.#parts.sessions.stateOf(lock.sessionId));
  }

  /** Stores a session's state; `undefined` clears it. */
  setSessionState(
    change: SessionReference & { readonly state: Uint8Array | undefined },
    now: EpochMs,
  ): Result<undefined, 'sessionLockLost'> {
    const lock = this.findSession(change, now);
    if (lock === undefined) return fail('sessionLockLost');
    this.#parts.sessions.setState(lock.sessionId, change.state, now);
    return succeed(undefined);
  }

  listSessions(updatedAfter: EpochMs, now: EpochMs): readonly string[] {
    this.advance(now);
    return listSessions(this.#parts, updatedAfter);
  }

  counts(): QueueCounts {
    const counts = { ready: 0, locked: 0, deferred: 0, scheduled: 0 };
    for (const message of this.#parts.store.messages()) counts[stateOf(message)]++;
    return counts;
  }
}

function stateOf(message: StoredMessage): keyof QueueCounts {
  if (message.lockToken !== undefined) return 'locked';
  return message.state === 'active' ? 'ready' : message.state;
}
