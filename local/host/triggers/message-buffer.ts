/** Holds messages until there are enough for a batch. Pure. */
export class MessageBuffer<Message> {
  readonly #minimum: number;
  readonly #maximum: number;
  #waiting: readonly Message[] = [];

  constructor(minimum: number, maximum: number) {
    this.#minimum = Math.min(minimum, maximum);
    this.#maximum = maximum;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(messages: readonly Message[]): void {
    this.#waiting = [...this.#waiting, ...messages];
  }

  /** The oldest messages as one batch; empty if there are fewer than the minimum. */
  takeFull(): readonly Message[] {
    return this.#waiting.length < this.#minimum ? [] : this.takeAny();
  }

  /** The oldest messages as one batch, however few. */
  takeAny(): readonly Message[] {
    const batch = this.#waiting.slice(0, this.#maximum);
    this.#waiting = this.#waiting.slice(this.#maximum);
    return batch;
  }
}
