import type { EventRaised } from '../history/history-event.ts';

/**
 * Brings raised events and those who wait for them together, as the SDK does: of several who wait
 * for one name the last is served first, and of several events the oldest is taken first.
 */
export class EventWaiters {
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #unconsumed = new Set<EventRaised>();

  /** Events that nobody has waited for, oldest first. */
  get unconsumed(): readonly EventRaised[] {
    return [...this.#unconsumed];
  }

  wait(name: string, done: () => void): void {
    for (const event of this.#unconsumed) {
      if (event.Name !== name) continue;
      this.#unconsumed.delete(event);
      done();
      return;
    }
    this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), done]);
  }

  raise(event: EventRaised): void {
    const waiting = this.#waiting.get(event.Name) ?? [];
    const last = waiting.at(-1);
    this.#waiting.set(event.Name, waiting.slice(0, -1));
    if (last === undefined) this.#unconsumed.add(event);
    else last();
  }
}
