import type { ProcessErrorArgs, ServiceBusReceiver } from '@azure/service-bus';
import { pause } from '../../pause.ts';
import type { MessageDispatcher } from './message-dispatcher.ts';

export interface ConcurrentConsumerOptions {
  readonly receiver: ServiceBusReceiver;
  readonly dispatcher: MessageDispatcher;
  readonly maxConcurrentCalls: number;
  readonly onError: (error: ProcessErrorArgs) => void;
}

/** Takes single messages from a receiver, several at a time. */
export class ConcurrentConsumer {
  readonly #options: ConcurrentConsumerOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #subscription: { close(): Promise<void> };
  #lastMessageAt: number;
  #isStopping = false;
  readonly #now: () => number;

  constructor(options: ConcurrentConsumerOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.#lastMessageAt = now();
    const { receiver, maxConcurrentCalls, onError } = options;
    this.#subscription = receiver.subscribe(
      {
        processMessage: (message) => this.#track(options.dispatcher.handleOne(message)),
        processError: (error) => {
          // A receiver that is being closed complains that it cannot ask for more.
          if (!this.#isStopping) onError(error);
          return Promise.resolve();
        },
      },
      { autoCompleteMessages: false, maxConcurrentCalls },
    );
  }

  /** Resolves when there has been nothing to do for so long, or when the signal is aborted. */
  async untilIdle(limitMs: number, signal: AbortSignal): Promise<void> {
    // Whatever is done meanwhile puts the end off: there is no need to look before.
    while (this.#idleMs < limitMs && (await pause(limitMs - this.#idleMs, signal))) continue;
  }

  /** Takes nothing new, and closes the receiver when the running calls have settled. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#subscription.close();
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await this.#options.receiver.close();
  }

  get #idleMs(): number {
    return this.#running.size > 0 ? 0 : this.#now() - this.#lastMessageAt;
  }

  async #track(handling: Promise<void>): Promise<void> {
    this.#running.add(handling);
    try {
      await handling;
    } finally {
      this.#running.delete(handling);
      this.#lastMessageAt = this.#now();
    }
  }
}
