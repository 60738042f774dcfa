import { epochMs, type DurationMs, type EpochMs } from '../../../shared/kernel/time.ts';

/** Where and when an event came into the log of its partition. */
export interface EventPosition {
  /** Contiguous from 0. */
  readonly sequenceNumber: number;
  /** The bytes before it in the log: opaque to clients, and not the sequence number. */
  readonly offset: number;
  readonly enqueuedAt: EpochMs;
}

/** An event at its position. */
export interface LoggedEvent<Event> extends EventPosition {
  readonly event: Event;
}

export interface NewEvent<Event> {
  /** Bytes that count towards the offset. */
  readonly sizeBytes: number;
  /** Makes what is kept, once the position is known. */
  readonly place: (position: EventPosition) => Event;
}

/** What a partition keeps at most. */
export interface Retention {
  readonly maxEvents?: number;
  readonly maxAge?: DurationMs;
}

/** Where a reader wants to start. */
export type StartPosition =
  | { readonly by: 'start' }
  | { readonly by: 'end'; readonly isInclusive: boolean }
  | { readonly by: 'sequence-number'; readonly value: number; readonly isInclusive: boolean }
  | { readonly by: 'offset'; readonly value: number; readonly isInclusive: boolean }
  | { readonly by: 'enqueued-time'; readonly value: number; readonly isInclusive: boolean };

/** What the service tells about a partition. */
export interface PartitionSummary {
  /** Of the oldest event that is kept; of the next one if none is. */
  readonly beginSequenceNumber: number;
  /** -1 if there has never been an event. */
  readonly lastSequenceNumber: number;
  readonly lastOffset: number;
  readonly lastEnqueuedAt: EpochMs;
  readonly isEmpty: boolean;
}

/** The log of one partition, in memory. Time comes with each call. */
export class PartitionLog<Event> {
  readonly #retention: Retention;
  /** Those before `#firstIndex` are gone and wait to be cut off together. */
  #events: LoggedEvent<Event>[] = [];
  #firstIndex = 0;
  #nextSequenceNumber = 0;
  #nextOffset = 0;
  #last: EventPosition | undefined;

  constructor(retention: Retention) {
    this.#retention = retention;
  }

  get nextSequenceNumber(): number {
    return this.#nextSequenceNumber;
  }

  append({ sizeBytes, place }: NewEvent<Event>, now: EpochMs): LoggedEvent<Event> {
    const position: EventPosition = {
      sequenceNumber: this.#nextSequenceNumber,
      offset: this.#nextOffset,
      // A clock that steps back must not disorder the log.
      enqueuedAt: epochMs(Math.max(now, this.#last?.enqueuedAt ?? now)),
    };
    const logged: LoggedEvent<Event> = { ...position, event: place(position) };
    this.#nextSequenceNumber += 1;
    this.#nextOffset += sizeBytes;
    this.#last = position;
    this.#events.push(logged);
    this.applyRetention(now);
    return logged;
  }

  /** The event with this number, or the oldest one kept after it; undefined behind the end. */
  readFrom(sequenceNumber: number): LoggedEvent<Event> | undefined {
    const begin = this.#beginSequenceNumber();
    return this.#events[this.#firstIndex + Math.max(sequenceNumber, begin) - begin];
  }

  /** Drops what is older or more than the retention keeps. */
  applyRetention(now: EpochMs): void {
    const { maxEvents = Infinity, maxAge } = this.#retention;
    const tooMany = this.#events.length - maxEvents;
    const oldest = maxAge === undefined ? -Infinity : now - maxAge;
    while (this.#isExpired(tooMany, oldest)) this.#firstIndex += 1;
    if (this.#firstIndex <= this.#events.length / 2) return;
    this.#events = this.#events.slice(this.#firstIndex);
    this.#firstIndex = 0;
  }

  /**
   * The sequence number to read from. Problem: the position lies behind the end, as that of a
   * checkpoint does which was made before the hub was created anew.
   */
  findStart(position: StartPosition): number | undefined {
    switch (position.by) {
      case 'start':
        return this.#beginSequenceNumber();
      case 'end':
        return this.#endOf(position.isInclusive);
      case 'sequence-number':
        return this.#within(position.isInclusive ? position.value : position.value + 1);
      case 'offset':
        return this.#startOfOffset(position.value, position.isInclusive);
      case 'enqueued-time':
        return this.#firstWhere((logged) => isBeyond(logged.enqueuedAt, position));
    }
  }

  summarize(): PartitionSummary {
    return {
      beginSequenceNumber: this.#beginSequenceNumber(),
      lastSequenceNumber: this.#last?.sequenceNumber ?? -1,
      lastOffset: this.#last?.offset ?? -1,
      lastEnqueuedAt: this.#last?.enqueuedAt ?? epochMs(0),
      isEmpty: this.#firstIndex === this.#events.length,
    };
  }

  #isExpired(tooMany: number, oldest: number): boolean {
    const first = this.#events[this.#firstIndex];
    return first !== undefined && (this.#firstIndex < tooMany || first.enqueuedAt < oldest);
  }

  #beginSequenceNumber(): number {
    return this.#nextSequenceNumber - (this.#events.length - this.#firstIndex);
  }

  #endOf(isInclusive: boolean): number {
    const last = this.#nextSequenceNumber - 1;
    return isInclusive && last >= this.#beginSequenceNumber() ? last : this.#nextSequenceNumber;
  }

  #within(sequenceNumber: number): number | undefined {
    if (sequenceNumber > this.#nextSequenceNumber) return undefined;
    return Math.max(sequenceNumber, this.#beginSequenceNumber());
  }

  #startOfOffset(value: number, isInclusive: boolean): number | undefined {
    if (value >= this.#nextOffset && value > 0) return undefined;
    return this.#firstWhere((logged) => isBeyond(logged.offset, { value, isInclusive }));
  }

  /** Binary search: offsets and times only grow. */
  #firstWhere(isAtOrAfter: (logged: LoggedEvent<Event>) => boolean): number {
    let low = this.#firstIndex;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const logged = this.#events[middle];
      if (logged !== undefined && isAtOrAfter(logged)) high = middle;
      else low = middle + 1;
    }
    return this.#beginSequenceNumber() + low - this.#firstIndex;
  }
}

function isBeyond(
  actual: number,
  bound: { readonly value: number; readonly isInclusive: boolean },
): boolean {
  return bound.isInclusive ? actual >= bound.value : actual > bound.value;
}
