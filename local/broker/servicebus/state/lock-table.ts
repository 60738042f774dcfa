import type { EpochMs } from '../../../../shared/kernel/time.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import type { LockToken, StoredMessage } from './message.ts';
import type { SessionLock } from './session-table.ts';

/** A peek-lock on one message: of its own, or under the umbrella of a session's lock. */
export interface MessageLock {
  readonly token: LockToken;
  readonly message: StoredMessage;
  readonly session: SessionLock | undefined;
}

/** The peek-locks of one queue. A lock under a session ends with the session, not by itself. */
export class LockTable {
  readonly #locks = new Map<LockToken, MessageLock>();
  readonly #expiring = new DeadlineQueue<LockToken>();

  get size(): number {
    return this.#locks.size;
  }

  grant(lock: MessageLock, until: EpochMs): void {
    this.#locks.set(lock.token, lock);
    lock.message.lockToken = lock.token;
    if (lock.session === undefined) this.#expiring.set(lock.token, until);
    else lock.session.tokens.add(lock.token);
  }

  find(token: LockToken): MessageLock | undefined {
    return this.#locks.get(token);
  }

  renew(token: LockToken, until: EpochMs): void {
    this.#expiring.set(token, until);
  }

  release(lock: MessageLock): void {
    this.#locks.delete(lock.token);
    this.#expiring.delete(lock.token);
    lock.session?.tokens.delete(lock.token);
    lock.message.lockToken = undefined;
  }

  /** Releases and returns the locks that ran out, in that order. */
  takeExpired(now: EpochMs): readonly MessageLock[] {
    return this.#releaseAll(this.#expiring.takeDue(now));
  }

  /** Releases and returns the locks held under a session's lock. */
  takeSession(session: SessionLock): readonly MessageLock[] {
    return this.#releaseAll([...session.tokens]);
  }

  #releaseAll(tokens: Iterable<LockToken>): readonly MessageLock[] {
    const released: MessageLock[] = [];
    for (const token of tokens) {
      const lock = this.#locks.get(token);
      if (lock === undefined) continue;
      this.release(lock);
      released.push(lock);
    }
    return released;
  }
}
