import type { EpochMs } from '../../../../shared/kernel/time.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import type { StoredMessage } from './message.ts';
import { SequenceIndex } from './sequence-index.ts';

export interface PeekRange {
  readonly fromSequenceNumber: number;
  readonly count: number;
  readonly sessionId?: string | undefined;
}

/**
 * All messages of one queue, those ready for delivery by session, and their deadlines.
 * A message is ready while it is active and not locked. Without sessions all share one backlog.
 */
export class MessageStore {
  readonly #all = new SequenceIndex();
  readonly #backlogs = new Map<string, SequenceIndex>();
  readonly #activating = new DeadlineQueue<number>();
  readonly #expiring = new DeadlineQueue<number>();
  readonly #sessions: boolean;

  constructor(options: { readonly sessions: boolean }) {
    this.#sessions = options.sessions;
  }

  add(message: StoredMessage): void {
    this.#all.insert(message);
    if (message.expiresAt !== undefined && message.state === 'active') {
      this.#expiring.set(message.sequenceNumber, message.expiresAt);
    }
  }

  addScheduled(message: StoredMessage, activeAt: EpochMs): void {
    this.#all.insert(message);
    this.#activating.set(message.sequenceNumber, activeAt);
  }

  find(sequenceNumber: number): StoredMessage | undefined {
    return this.#all.find(sequenceNumber);
  }

  /** Forgets a message that is not in a backlog. */
  remove(message: StoredMessage): void {
    this.#all.delete(message.sequenceNumber);
    this.#activating.delete(message.sequenceNumber);
    this.#expiring.delete(message.sequenceNumber);
  }

  makeReady(message: StoredMessage): void {
    const key = this.#backlogKey(message);
    const backlog = this.#backlogs.get(key) ?? new SequenceIndex();
    this.#backlogs.set(key, backlog);
    backlog.insert(message);
  }

  /** Takes one message out of its backlog; false if it was not ready. */
  withdraw(message: StoredMessage): boolean {
    const key = this.#backlogKey(message);
    const backlog = this.#backlogs.get(key);
    const found = backlog?.delete(message.sequenceNumber) ?? false;
    if (backlog?.size === 0) this.#backlogs.delete(key);
    return found;
  }

  /** Takes the first ready message, of one session if the queue has sessions. */
  takeReady(sessionId: string | undefined): StoredMessage | undefined {
    const first = this.#backlogs.get(sessionId ?? '')?.first();
    if (first !== undefined) this.withdraw(first);
    return first;
  }

  hasReady(sessionId: string | undefined): boolean {
    return this.#backlogs.has(sessionId ?? '');
  }

  /** The unlocked session whose first ready message is the oldest. */
  oldestSession(isLocked: (sessionId: string) => boolean): string | undefined {
    let oldest: string | undefined;
    let lowest = Infinity;
    for (const [id, backlog] of this.#backlogs) {
      const first = backlog.first();
      if (first === undefined || first.sequenceNumber > lowest || isLocked(id)) continue;
      oldest = id;
      lowest = first.sequenceNumber;
    }
    return oldest;
  }

  /** Ids of the sessions with ready messages. */
  readySessions(): readonly string[] {
    return [...this.#backlogs.keys()];
  }

  takeActivating(now: EpochMs): readonly StoredMessage[] {
    return this.#lookUp(this.#activating.takeDue(now));
  }

  takeExpiring(now: EpochMs): readonly StoredMessage[] {
    return this.#lookUp(this.#expiring.takeDue(now));
  }

  peek(range: PeekRange): readonly StoredMessage[] {
    const found: StoredMessage[] = [];
    for (const message of this.#all.from(range.fromSequenceNumber)) {
      if (found.length >= range.count) break;
      if (range.sessionId === undefined || message.message.system.sessionId === range.sessionId) {
        found.push(message);
      }
    }
    return found;
  }

  messages(): Iterable<StoredMessage> {
    return this.#all.from(0);
  }

  #lookUp(sequenceNumbers: readonly number[]): readonly StoredMessage[] {
    const found = sequenceNumbers.map((sequenceNumber) => this.#all.find(sequenceNumber));
    return found.filter((message) => message !== undefined);
  }

  #backlogKey(message: StoredMessage): string {
    return this.#sessions ? (message.message.system.sessionId ?? '') : '';
  }
}
