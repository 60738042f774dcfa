import { addDuration, type DurationMs, type EpochMs } from '../../../../shared/kernel/time.ts';
import { DeadlineQueue } from './deadline-queue.ts';

/** Remembers message ids for a while, so that a second submission of one is recognised. */
export class DuplicateWindow {
  readonly #length: DurationMs;
  readonly #accepted = new Map<string, number>();
  readonly #forgetting = new DeadlineQueue<string>();

  constructor(length: DurationMs) {
    this.#length = length;
  }

  /** The sequence number of the first message with this id, if that is not too long ago. */
  find(messageId: string, now: EpochMs): number | undefined {
    for (const id of this.#forgetting.takeDue(now)) this.#accepted.delete(id);
    return this.#accepted.get(messageId);
  }

  remember(messageId: string, sequenceNumber: number, now: EpochMs): void {
    this.#accepted.set(messageId, sequenceNumber);
    this.#forgetting.set(messageId, addDuration(now, this.#length));
  }
}
