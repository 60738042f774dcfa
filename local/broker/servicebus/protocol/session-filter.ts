import type { EpochMs } from '../../../../shared/kernel/time.ts';
import {
  unwrap,
  wrapLong,
  wrapString,
  type OutgoingAttach,
  type TypedMap,
} from '../../amqp/index.ts';
import type { SessionLock } from '../state/session-table.ts';

const filterName = 'com.microsoft:session-filter';
const lockedUntilName = 'com.microsoft:locked-until-utc';

/** .NET counts time in ticks of 100 ns since the year 1. */
const ticksAtEpoch = 621_355_968_000_000_000n;
const ticksPerMillisecond = 10_000n;

/** Which session an attach asks for. */
export type SessionWish =
  | { readonly kind: 'none' }
  | { readonly kind: 'next' }
  | { readonly kind: 'particular'; readonly sessionId: string };

export function sessionWishOf(attach: OutgoingAttach): SessionWish {
  const filter = attach.filter.get(filterName);
  if (filter === undefined) return { kind: 'none' };
  // Some clients describe the filter, others send its bare value.
  const sessionId = unwrap({ type: filter.type, value: filter.value });
  return typeof sessionId === 'string' ? { kind: 'particular', sessionId } : { kind: 'next' };
}

/** What the answer to the attach must say: which session was granted, and until when. */
export function sessionGrant(
  attach: OutgoingAttach,
  lock: SessionLock,
): { readonly filter: TypedMap; readonly properties: TypedMap } {
  return {
    filter: new Map([...attach.filter, [filterName, wrapString(lock.sessionId)]]),
    properties: new Map([
      ...attach.properties,
      [lockedUntilName, wrapLong(toTicks(lock.lockedUntil))],
    ]),
  };
}

function toTicks(instant: EpochMs): bigint {
  return ticksAtEpoch + BigInt(Math.trunc(instant)) * ticksPerMillisecond;
}
