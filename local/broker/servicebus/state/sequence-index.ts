import type { StoredMessage } from './message.ts';

/**
 * Messages in the order of their sequence numbers.
 * Appending and removing near the front, which is where a queue works, take constant time.
 */
export class SequenceIndex {
  /** Slots before the head are empty, so that nothing keeps a removed message alive. */
  #items: (StoredMessage | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  first(): StoredMessage | undefined {
    return this.#items[this.#head];
  }

  find(sequenceNumber: number): StoredMessage | undefined {
    const item = this.#items[this.#positionOf(sequenceNumber)];
    return item?.sequenceNumber === sequenceNumber ? item : undefined;
  }

  insert(message: StoredMessage): void {
    const position = this.#positionOf(message.sequenceNumber);
    if (position === this.#items.length) this.#items.push(message);
    else if (position === this.#head && this.#head > 0) this.#items[--this.#head] = message;
    else this.#items.splice(position, 0, message);
  }

  delete(sequenceNumber: number): boolean {
    const position = this.#positionOf(sequenceNumber);
    if (this.#items[position]?.sequenceNumber !== sequenceNumber) return false;
    if (position - this.#head < this.#items.length - position) this.#closeGapFromFront(position);
    else this.#items.splice(position, 1);
    return true;
  }

  /** Iterates from the first message at or after a sequence number; no change meanwhile. */
  *from(sequenceNumber: number): Generator<StoredMessage> {
    for (let at = this.#positionOf(sequenceNumber); at < this.#items.length; at++) {
      const item = this.#items[at];
      if (item !== undefined) yield item;
    }
  }

  #closeGapFromFront(position: number): void {
    this.#items.copyWithin(this.#head + 1, this.#head, position);
    this.#items[this.#head++] = undefined;
    if (this.#head < 1024 || this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }

  /** Position of the first item that is not before the sequence number. */
  #positionOf(sequenceNumber: number): number {
    const last = this.#items.at(-1);
    if (last === undefined || last.sequenceNumber < sequenceNumber) return this.#items.length;
    let low = this.#head;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle];
      if (item !== undefined && item.sequenceNumber < sequenceNumber) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
