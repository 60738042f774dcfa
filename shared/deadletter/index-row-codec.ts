import type { ListedLetter, LetterState } from '../ports/dead-letter-desk.ts';
import {
  dimensions,
  indexKey,
  indexPartition,
  payloadPartition,
  placeKey,
  type Address,
  type Dimension,
} from './keys.ts';
import { damaged, toText, type LetterHead, type Row } from './letter-row-codec.ts';

type Summary = LetterHead['summary'];

/** Where a letter of this state stands in each list. */
export function indexAddresses(summary: Summary, state: LetterState): readonly Address[] {
  const rowKey = indexKey(state, placeKey(summary.deadLetteredAt, summary.id));
  return dimensions.flatMap((dimension) => {
    const value = valueOf(summary, dimension);
    return value === null ? [] : [{ partitionKey: indexPartition(dimension, value), rowKey }];
  });
}

/** The rows of a letter in each list: they hold all that a list shows, so that it needs no more. */
export function indexRows(summary: Summary, state: LetterState): readonly Row[] {
  const text = toText(summary);
  return indexAddresses(summary, state).map((address) => ({ ...address, summary: text }));
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that we have not written. */
export function toListedLetter(row: Row): ListedLetter {
  const { summary, rowKey } = row;
  if (typeof summary !== 'string') throw damaged(row);
  const state = rowKey.slice(0, rowKey.indexOf('|')) as LetterState;
  return { ...(JSON.parse(summary) as Summary), state };
}

/** Where a letter stands whose payload is still kept. */
export function payloadRow({ deadLetteredAt, id }: Summary): Row {
  return { partitionKey: payloadPartition, rowKey: placeKey(deadLetteredAt, id) };
}

/** What a letter is listed under; null where it is not listed. */
export function valueOf(summary: Summary, dimension: Dimension): string | null {
  switch (dimension) {
    case 'all':
      return '';
    case 'group':
      return summary.failureGroup;
    case 'key':
    case 'type':
    case 'origin':
    case 'category':
      return summary[dimension];
  }
}
