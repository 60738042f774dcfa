import type { EpochMs } from '../../../../shared/kernel/time.ts';
import type { BrokerQueue } from '../state/queue.ts';
import type { SessionLock } from '../state/session-table.ts';
import type { BrokerContext } from './broker-context.ts';
import { sessionLockLost } from './conditions.ts';
import type { Consumer } from './consumer.ts';

/** A client that waits for the next free session. */
export interface SessionWaiter {
  readonly deadline: EpochMs;
  /** Takes a session if there is one; true when it need not wait any longer. */
  tryAccept(now: EpochMs): boolean;
  giveUp(): void;
}

/** Leads the ready messages of one queue to its consumers, in turn, as far as their credit goes. */
export class Dispatcher {
  readonly #queue: BrokerQueue;
  readonly #context: BrokerContext;
  #consumers: Consumer[] = [];
  #waiters: SessionWaiter[] = [];
  #lost: SessionLock[] = [];
  #isScheduled = false;

  constructor(queue: BrokerQueue, context: BrokerContext) {
    this.#queue = queue;
    this.#context = context;
    queue.observe({
      available: () => {
        this.#schedule();
      },
      sessionLost: (lock) => {
        this.#lost.push(lock);
        this.#schedule();
      },
    });
  }

  add(consumer: Consumer): void {
    this.#consumers.push(consumer);
    this.#schedule();
  }

  /** Forgets a consumer whose link has closed. */
  remove(consumer: Consumer): void {
    this.#consumers = this.#consumers.filter((other) => other !== consumer);
  }

  wait(waiter: SessionWaiter): void {
    if (!waiter.tryAccept(this.#context.clock.now())) this.#waiters.push(waiter);
  }

  /** Sends what can be sent now. */
  dispatch(): void {
    const now = this.#context.clock.now();
    this.#queue.advance(now);
    this.#detachLost();
    this.#waiters = this.#waiters.filter((waiter) => !waiter.tryAccept(now));
    while (this.#deliverRound(now));
  }

  /** Brings the queue up to now and lets go of those who have waited long enough. */
  tick(now: EpochMs): void {
    this.#queue.advance(now);
    const late = this.#waiters.filter(({ deadline }) => deadline <= now);
    if (late.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !late.includes(waiter));
    for (const waiter of late) waiter.giveUp();
  }

  /** One message for each consumer; false when nobody got any. The order rotates. */
  #deliverRound(now: EpochMs): boolean {
    const served = this.#consumers.filter((consumer) => consumer.deliverOne(now));
    const [first, ...others] = this.#consumers;
    if (first !== undefined) this.#consumers = [...others, first];
    return served.length > 0;
  }

  #detachLost(): void {
    const lost = this.#lost;
    this.#lost = [];
    for (const consumer of this.#consumers) {
      if (consumer.session === undefined || !lost.includes(consumer.session)) continue;
      this.remove(consumer);
      consumer.link.detach(sessionLockLost);
    }
  }

  /** The queue reports in the middle of a change: look when that is over. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.dispatch();
    });
  }
}
