/** What becomes of a message. */
export type Settlement = 'complete' | 'abandon';

/**
 * Settles messages of one receiver, different outcomes never at the same time: rhea merges outcomes
 * that are settled in one tick, and the second message would get the outcome of the first.
 */
export class SettlementLane {
  readonly #pending = new Set<Promise<void>>();
  #outcome: Settlement = 'complete';

  async settle(outcome: Settlement, act: () => Promise<void>): Promise<void> {
    while (this.#pending.size > 0 && this.#outcome !== outcome) {
      await Promise.allSettled(this.#pending);
    }
    this.#outcome = outcome;
    const settling = act();
    this.#pending.add(settling);
    try {
      await settling;
    } finally {
      this.#pending.delete(settling);
    }
  }
}
