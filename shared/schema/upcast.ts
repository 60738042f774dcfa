import { fail, succeed } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';

/** `data` of an event as an object; a tolerant reader takes the fields it knows and leaves the rest. */
export type EventData = Readonly<Record<string, unknown>>;

/** Lifts `data` from one schema version to the next. Pure; unknown fields stay. */
export type Upcaster = (data: EventData) => EventData;

export interface Versioned {
  readonly version: number;
  readonly data: EventData;
}

/**
 * Lifts `data` to version `to` through every version between, for consumers after Bronze: the table
 * keeps what was sent. A version that the chain does not reach is a problem, never a guess.
 */
export function upcast(
  event: Versioned,
  to: number,
  chain: readonly Upcaster[],
): Result<EventData, string> {
  const isKnown = Number.isInteger(event.version) && event.version >= 1 && event.version <= to;
  if (!isKnown || to > chain.length + 1) {
    return fail(`no way from schema version ${event.version} to ${to}`);
  }
  return succeed(
    chain.slice(event.version - 1, to - 1).reduce((data, lift) => lift(data), event.data),
  );
}
