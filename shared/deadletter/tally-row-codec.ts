import type { Tally } from '../ports/dead-letter-desk.ts';
import { tallyAddress } from './keys.ts';
import { damaged, toText, type Row } from './letter-row-codec.ts';
import { tallyKind } from './tally.ts';

/** The row of a tally in one shard. */
export function tallyRow(shard: string, tally: Tally): Row {
  return { ...tallyAddress(shard, tallyKind(tally)), tally: toText(tally) };
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that we have not written. */
export function toTally(row: Row): Tally {
  const { tally } = row;
  if (typeof tally !== 'string') throw damaged(row);
  return JSON.parse(tally) as Tally;
}
