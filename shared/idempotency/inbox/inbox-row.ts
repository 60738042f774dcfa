import { addDuration, isBefore, type DurationMs, type EpochMs } from '../../kernel/time.ts';

/** What is remembered of one event for one consumer. */
export interface InboxRow {
  readonly state: 'in-progress' | 'free' | 'done';
  /** Grows with every takeover; the row is kept when a handler fails so that it never restarts. */
  readonly fencingNumber: number;
  readonly leaseUntil: EpochMs;
  readonly payloadHash: string;
  /** The stored reply; empty until `done`. */
  readonly result: string;
  readonly changedAt: EpochMs;
}

export interface Delivered {
  readonly payloadHash: string;
  /** Whether it replays a dead letter. */
  readonly isReplay: boolean;
  readonly now: EpochMs;
  readonly lease: DurationMs;
}

export type EntryDecision =
  | { readonly action: 'take'; readonly row: InboxRow }
  | { readonly action: 'wait'; readonly until: EpochMs }
  | { readonly action: 'repeat'; readonly result: string }
  | { readonly action: 'refuse' };

/** Decides what a delivery that meets `standing` may do. Pure. */
export function decideEntry(standing: InboxRow | undefined, arrival: Delivered): EntryDecision {
  if (standing === undefined) return take(0, arrival);
  if (!isAlike(standing, arrival)) return { action: 'refuse' };
  switch (standing.state) {
    case 'done':
      return { action: 'repeat', result: standing.result };
    case 'free':
      return take(standing.fencingNumber, arrival);
    case 'in-progress':
      return isBefore(arrival.now, standing.leaseUntil)
        ? { action: 'wait', until: standing.leaseUntil }
        : take(standing.fencingNumber, arrival);
  }
}

/** Nothing was ever done for what died: its edited event takes its place. */
function isAlike(standing: InboxRow, arrival: Delivered): boolean {
  const isReplaced = arrival.isReplay && standing.state === 'free';
  return isReplaced || standing.payloadHash === arrival.payloadHash;
}

function take(lastFencingNumber: number, arrival: Delivered): EntryDecision {
  return {
    action: 'take',
    row: {
      state: 'in-progress',
      fencingNumber: lastFencingNumber + 1,
      leaseUntil: addDuration(arrival.now, arrival.lease),
      payloadHash: arrival.payloadHash,
      result: '',
      changedAt: arrival.now,
    },
  };
}
