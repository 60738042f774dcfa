import type { Clock, EpochMs } from '../../../../shared/kernel/time.ts';
import { pause } from '../../pause.ts';

/** Rings at instants, however far away. A key has one alarm. */
export class Alarms {
  readonly #clock: Clock;
  readonly #set = new Map<string, AbortController>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does nothing if the key has an alarm. */
  set(key: string, at: EpochMs, ring: () => void): void {
    if (this.#set.has(key)) return;
    const canceled = new AbortController();
    this.#set.set(key, canceled);
    void this.#wait(at, canceled.signal).then((isDue) => {
      if (!isDue) return;
      this.#set.delete(key);
      ring();
    });
  }

  cancel(key: string): void {
    this.#set.get(key)?.abort();
    this.#set.delete(key);
  }

  cancelAll(): void {
    for (const key of [...this.#set.keys()]) this.cancel(key);
  }

  async #wait(at: EpochMs, signal: AbortSignal): Promise<boolean> {
    // A timer of Node may ring a millisecond early.
    do {
      if (!(await pause(at - this.#clock.now(), signal))) return false;
    } while (this.#clock.now() < at);
    return true;
  }
}
