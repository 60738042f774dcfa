import type { ClaimLookup } from '../ports/claims.ts';
import type { EventKey, EventReader, Violation } from '../ports/events.ts';
import type { HubMessage } from '../ports/hub.ts';
import type { Prediction } from '../ports/replays.ts';
import { judgeCopy, mayTakeOver } from './judge.ts';
import { limitRejection } from './rejection-limit.ts';

/**
 * What the Bronze consumer would make of a message that replays the letters, with reads alone: the
 * same rules as those of its verdicts.
 * Errors: those of the lookup.
 */
export async function predictLanding(
  { reader, claims }: { readonly reader: EventReader; readonly claims: ClaimLookup },
  message: HubMessage,
  replays: readonly string[],
): Promise<Prediction> {
  const violations: Violation[] = [];
  const accepted: { readonly key: EventKey; readonly payloadHash: string }[] = [];
  for (const { judgement } of reader.read(message)) {
    if (judgement.kind === 'accepted') accepted.push(judgement);
    else violations.push(...limitRejection(judgement.rejection).violations);
  }
  const rows = await claims.find(accepted.map(({ key }) => key));
  let duplicates = 0;
  for (const [place, { payloadHash }] of accepted.entries()) {
    const row = rows[place];
    if (row === undefined || mayTakeOver(row, replays)) continue;
    const verdict = judgeCopy(payloadHash, row);
    if (verdict.kind === 'duplicate') duplicates += 1;
    else violations.push(...verdict.rejection.violations);
  }
  const [first, ...others] = violations;
  if (first !== undefined) return { kind: 'would-fail', violations: [first, ...others] };
  return { kind: duplicates === accepted.length ? 'would-be-duplicate' : 'would-pass' };
}
