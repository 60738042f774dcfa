import type { EpochMs } from '../../../../shared/kernel/time.ts';

interface Deadline<Key> {
  readonly key: Key;
  readonly at: EpochMs;
}

/** Keys by due time: a binary heap in which a moved or deleted entry is skipped when it surfaces. */
export class DeadlineQueue<Key> {
  readonly #dueAt = new Map<Key, EpochMs>();
  #heap: Deadline<Key>[] = [];

  /** Sets or moves the deadline of a key. */
  set(key: Key, at: EpochMs): void {
    if (this.#dueAt.get(key) === at) return;
    this.#dueAt.set(key, at);
    this.#push({ key, at });
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#dueAt.size) this.#rebuild();
  }

  delete(key: Key): void {
    this.#dueAt.delete(key);
  }

  /** Removes and returns the keys due at or before `now`, earliest first. */
  takeDue(now: EpochMs): readonly Key[] {
    const due: Key[] = [];
    for (let top = this.#heap[0]; top !== undefined && top.at <= now; top = this.#heap[0]) {
      this.#pop();
      if (this.#dueAt.get(top.key) !== top.at) continue;
      this.#dueAt.delete(top.key);
      due.push(top.key);
    }
    return due;
  }

  /** Drops the entries that were moved or deleted, so that renewing for ever needs no more memory. */
  #rebuild(): void {
    const entries = [...this.#dueAt].map(([key, at]) => ({ key, at }));
    this.#heap = entries.sort((left, right) => left.at - right.at);
  }

  #push(entry: Deadline<Key>): void {
    const heap = this.#heap;
    let hole = heap.push(entry) - 1;
    while (hole > 0) {
      const up = (hole - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || parent.at <= entry.at) break;
      heap[hole] = parent;
      hole = up;
    }
    heap[hole] = entry;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    const heap = this.#heap;
    let hole = 0;
    for (;;) {
      const down = smallerChild(heap, hole);
      const child = heap[down];
      if (child === undefined || child.at >= last.at) break;
      heap[hole] = child;
      hole = down;
    }
    heap[hole] = last;
  }
}

function smallerChild<Key>(heap: readonly Deadline<Key>[], hole: number): number {
  const left = 2 * hole + 1;
  const [first, second] = [heap[left], heap[left + 1]];
  return first !== undefined && second !== undefined && second.at < first.at ? left + 1 : left;
}
