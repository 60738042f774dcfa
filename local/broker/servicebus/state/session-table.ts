import type { EpochMs } from '../../../../shared/kernel/time.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import type { LockToken } from './message.ts';

/** The exclusive hold of one receiver on one session; a new object each time it is accepted. */
export interface SessionLock {
  readonly sessionId: string;
  /** Who holds it, as the protocol names links. */
  readonly holder: string;
  lockedUntil: EpochMs;
  /** The message locks under this session lock. */
  readonly tokens: Set<LockToken>;
}

interface StoredState {
  readonly state: Uint8Array;
  readonly updatedAt: EpochMs;
}

/** Session locks and session states of one queue. A session without either needs no memory. */
export class SessionTable {
  readonly #locks = new Map<string, SessionLock>();
  readonly #states = new Map<string, StoredState>();
  readonly #expiring = new DeadlineQueue<string>();

  isLocked(sessionId: string): boolean {
    return this.#locks.has(sessionId);
  }

  lockOf(sessionId: string): SessionLock | undefined {
    return this.#locks.get(sessionId);
  }

  /** Whether this very lock still holds its session. */
  holds(lock: SessionLock): boolean {
    return this.#locks.get(lock.sessionId) === lock;
  }

  grant(lock: SessionLock): void {
    this.#locks.set(lock.sessionId, lock);
    this.#expiring.set(lock.sessionId, lock.lockedUntil);
  }

  renew(lock: SessionLock, until: EpochMs): void {
    lock.lockedUntil = until;
    this.#expiring.set(lock.sessionId, until);
  }

  release(lock: SessionLock): void {
    if (!this.holds(lock)) return;
    this.#locks.delete(lock.sessionId);
    this.#expiring.delete(lock.sessionId);
  }

  /** Releases and returns the session locks that ran out. */
  takeExpired(now: EpochMs): readonly SessionLock[] {
    const expired: SessionLock[] = [];
    for (const sessionId of this.#expiring.takeDue(now)) {
      const lock = this.#locks.get(sessionId);
      if (lock === undefined) continue;
      this.#locks.delete(sessionId);
      expired.push(lock);
    }
    return expired;
  }

  stateOf(sessionId: string): Uint8Array | undefined {
    return this.#states.get(sessionId)?.state;
  }

  setState(sessionId: string, state: Uint8Array | undefined, now: EpochMs): void {
    if (state === undefined) this.#states.delete(sessionId);
    else this.#states.set(sessionId, { state, updatedAt: now });
  }

  /** Ids of the sessions whose state was set after an instant. */
  statesUpdatedAfter(instant: EpochMs): readonly string[] {
    const entries = [...this.#states].filter(([, stored]) => stored.updatedAt > instant);
    return entries.map(([sessionId]) => sessionId);
  }
}
