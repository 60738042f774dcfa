import type { Claim, ClaimStore } from '../ports/claims.ts';
import type { DeadMessage } from '../ports/dead-letters.ts';
import type { EventReader } from '../ports/events.ts';
import { deadLetterTable } from './dead-letter-rows.ts';
import { judgeClaim } from './judge.ts';

interface ReadLetter {
  readonly letter: DeadMessage;
  /** Places of its events. */
  readonly places: readonly number[];
  /** Of the events that could be read. */
  readonly claims: readonly Claim[];
}

/**
 * Claims the events of messages that died on their way into Bronze, as what Bronze does not get, and
 * returns those to be recorded as dead letters. An event that was claimed at another place with the
 * same payload has landed or been judged: it gets no dead letter. One with another payload has not,
 * and one that cannot be read claims nothing.
 * Errors: `storage.unavailable`, `ledger.contended` (transient).
 */
export async function claimDeadLetters(
  { reader, claims }: { readonly reader: EventReader; readonly claims: ClaimStore },
  letters: readonly DeadMessage[],
): Promise<readonly DeadMessage[]> {
  const read = letters.map((letter) => readLetter(reader, letter));
  const claimed = read.flatMap((one) => one.claims);
  const standing = claimed.length === 0 ? [] : await claims.claim(claimed);
  const judgedElsewhere = new Set(
    claimed.filter((claim, place) => {
      const row = standing[place];
      return row !== undefined && judgeClaim(claim, row).kind === 'duplicate';
    }),
  );
  return read.flatMap(({ letter, places, claims: own }) => {
    const judged = own.filter((claim) => judgedElsewhere.has(claim)).map(({ index }) => index);
    if (judged.length === places.length) return [];
    return [judged.length === 0 ? letter : { ...letter, judged }];
  });
}

function readLetter(reader: EventReader, letter: DeadMessage): ReadLetter {
  const { author, sequenceNumber, offset, deadLetteredAt, contentType, properties, body } = letter;
  const items = reader.read({
    ...{ sequenceNumber, offset, properties, body },
    enqueuedAt: deadLetteredAt,
    contentType: contentType ?? undefined,
  });
  const claims = items.flatMap(({ index, judgement }): Claim[] => {
    if (judgement.kind === 'rejected') return [];
    const { key, payloadHash } = judgement;
    return [{ author, sequenceNumber, index, key, table: deadLetterTable, payloadHash }];
  });
  return { letter, places: items.map(({ index }) => index), claims };
}
