import type { Claim, ClaimRow, Position } from '../ports/claims.ts';
import type { Rejection } from '../ports/events.ts';
import type { Verdict } from '../ports/ledger.ts';
import { deadLetterId } from './dead-letter-id.ts';

/**
 * Decides what becomes of an accepted event, given the claim row that stands for its key. Pure.
 * The position is compared before the hash: a redelivery is no copy, however its hash is computed.
 */
export function judgeClaim(claim: Claim, standing: ClaimRow): Verdict {
  if (isSamePosition(claim, standing)) return { kind: 'landed', table: claim.table };
  return judgeCopy(claim.payloadHash, standing);
}

/** The verdict on a copy that comes from another position than the row that stands. Pure. */
export function judgeCopy(
  payloadHash: string,
  standing: ClaimRow,
): Extract<Verdict, { kind: 'duplicate' | 'dead-lettered' }> {
  if (isSamePayload(payloadHash, standing.payloadHash)) return { kind: 'duplicate' };
  return { kind: 'dead-lettered', rejection: payloadMismatch(standing) };
}

/** Whether the row holds the position at which one of the letters died: its event has not landed. Pure. */
export function mayTakeOver(standing: Position, deadLetters: readonly string[]): boolean {
  return deadLetters.includes(deadLetterId(standing));
}

function isSamePosition(left: Position, right: Position): boolean {
  return (
    left.author === right.author &&
    left.sequenceNumber === right.sequenceNumber &&
    left.index === right.index
  );
}

/** Hashes of different versions cannot be compared; then the event's identity decides alone. */
function isSamePayload(left: string, right: string): boolean {
  return left === right || hashVersion(left) !== hashVersion(right);
}

function hashVersion(hash: string): string {
  return hash.slice(0, hash.indexOf(':') + 1);
}

function payloadMismatch(standing: Position): Rejection {
  const { author, sequenceNumber, index } = standing;
  return {
    category: 'schema',
    violations: [
      {
        code: 'idempotency.payload_mismatch',
        detail: `An event with this source and id but another payload arrived before, at ${author} ${sequenceNumber}/${index}.`,
      },
    ],
  };
}
