import type { ClaimLookup } from '../ports/claims.ts';
import type { EventReader } from '../ports/events.ts';
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
  const items = reader.read(message);
  const accepted = items.flatMap(({ judgement }) =>
    judgement.kind === 'accepted' ? [judgement] : [],
  );
  const rows = await claims.find(accepted.map(({ key }) => key));
  const copies = accepted.flatMap(({ payloadHash }, place) => {
    const row = rows[place];
    const isFree = row === undefined || mayTakeOver(row, replays);
    return isFree ? [] : [judgeCopy(payloadHash, row)];
  });
  const violations = [
    ...items.flatMap(({ judgement }) =>
      judgement.kind === 'rejected' ? limitRejection(judgement.rejection).violations : [],
    ),
    ...copies.flatMap((copy) => (copy.kind === 'duplicate' ? [] : copy.rejection.violations)),
  ];
  const [first, ...others] = violations;
  if (first !== undefined) return { kind: 'would-fail', violations: [first, ...others] };
  return { kind: copies.length === accepted.length ? 'would-be-duplicate' : 'would-pass' };
}
