import type { Author } from '../kernel/author.ts';
import type { Claim, ClaimRow, ClaimStore } from '../ports/claims.ts';
import type { Verdict } from '../ports/ledger.ts';
import { judgeClaim, mayTakeOver } from './judge.ts';
import type { ReadMessage } from './read-messages.ts';
import { limitRejection } from './rejection-limit.ts';

/** A message with one verdict for each of its items, in the order of the items. */
export interface DecidedMessage extends ReadMessage {
  readonly verdicts: readonly Verdict[];
}

/** Claims every accepted item in one call and gives every item its verdict. */
export async function decideMessages(
  claims: ClaimStore,
  author: Author,
  messages: readonly ReadMessage[],
): Promise<readonly DecidedMessage[]> {
  const claimed = messages.flatMap((message) => claimsOf(author, message));
  const found = claimed.length === 0 ? [] : await claims.claim(claimed);
  const standing = await takeOverReplayed(claims, messages, { claimed, found });
  const verdicts = new Map<string, Verdict>();
  claimed.forEach((claim, place) => {
    const row = standing[place];
    if (row !== undefined) verdicts.set(placeOf(claim), judgeClaim(claim, row));
  });
  return messages.map((message) => ({ ...message, verdicts: verdictsOf(message, verdicts) }));
}

/** A replay takes the place of the letter that it replays, and of nothing else. */
async function takeOverReplayed(
  claims: ClaimStore,
  messages: readonly ReadMessage[],
  { claimed, found }: { readonly claimed: readonly Claim[]; readonly found: readonly ClaimRow[] },
): Promise<readonly ClaimRow[]> {
  const replays = new Map(
    messages.flatMap((read) =>
      read.replays === undefined ? [] : [[read.message.sequenceNumber, read.replays] as const],
    ),
  );
  if (replays.size === 0) return found;
  const standing: ClaimRow[] = [];
  for (const [place, row] of found.entries()) {
    const claim = claimed[place];
    const replayed = claim && replays.get(claim.sequenceNumber);
    const isTaken = claim !== undefined && replayed !== undefined && mayTakeOver(row, replayed);
    standing.push(isTaken ? await claims.takeOver(claim, row) : row);
  }
  return standing;
}

function claimsOf(author: Author, { message, items }: ReadMessage): Claim[] {
  return items.flatMap(({ judgement, index }) => {
    if (judgement.kind === 'rejected') return [];
    const { key, table, payloadHash } = judgement;
    return [{ author, sequenceNumber: message.sequenceNumber, index, key, table, payloadHash }];
  });
}

function verdictsOf(
  { message, items }: ReadMessage,
  claimed: ReadonlyMap<string, Verdict>,
): readonly Verdict[] {
  return items.flatMap(({ judgement, index, deadLetter }): Verdict[] => {
    if (judgement.kind === 'rejected') {
      return [{ kind: 'dead-lettered', rejection: limitRejection(judgement.rejection) }];
    }
    const verdict = claimed.get(placeOf({ sequenceNumber: message.sequenceNumber, index }));
    if (verdict === undefined) return [];
    if (verdict.kind !== 'landed' || deadLetter === undefined) return [verdict];
    // What died elsewhere lands as what it is, the first time that it is carried here.
    return [{ kind: 'dead-lettered', rejection: limitRejection(deadLetter.rejection) }];
  });
}

function placeOf(place: { readonly sequenceNumber: number; readonly index: number }): string {
  return `${place.sequenceNumber}/${place.index}`;
}
