import type { Encoding } from 'hyparquet';
import type { Value } from '../../../ports/delta.ts';

/** Values of one column; text may come as UTF-8 bytes, which are kept as they are. */
export type ColumnValues = readonly (Value | Uint8Array)[];

/** Values as the Parquet writer takes them, and their encoding where there is nothing to try out. */
export interface EncodedColumn {
  readonly data: unknown[];
  readonly encoding?: Encoding;
}

/**
 * Values looked at, spread over the column. No two of `n` are alike among `d` different ones with a
 * chance of about exp(-n² / 2d): 1 in 100,000 for 100 of them, 1 in 10 for 500. To miss a dictionary
 * costs some bytes only, and the fewer, the larger it is: zstd finds the repeats as well.
 */
const sampleSize = 48;
/** Fewer equal values than this say nothing. */
const minRepeats = 8;

/**
 * Chooses what the writer would find out at a higher price: it samples and indexes every column for
 * a dictionary. Ids and payloads, of which no two are alike, go without one, and as bytes, because
 * the writer's own encoder takes several times as long; what is always the same gets one at once.
 */
export function encodeColumn(values: ColumnValues): EncodedColumn {
  // The writer's types ask for an array that may be changed; it changes none.
  const data = values as unknown[];
  const { distinct, total } = sample(values);
  if (total < minRepeats) return { data };
  if (distinct === 1) return { data, encoding: 'RLE_DICTIONARY' };
  if (distinct < total) return { data };
  return { data: values.map(toBytes), encoding: 'PLAIN' };
}

/** How many of the values in a sample there are, and how many different ones. */
function sample(values: ColumnValues): { readonly distinct: number; readonly total: number } {
  const size = values.length < 2 * sampleSize ? values.length : sampleSize;
  const stride = Math.floor(values.length / size);
  const seen = new Set<unknown>();
  let total = 0;
  for (let place = 0; place < size; place += 1) {
    const value = values[place * stride + (scatter(place) % stride)] ?? null;
    if (value === null) continue;
    seen.add(value instanceof Uint8Array ? latin1(value) : value);
    total += 1;
  }
  return { distinct: seen.size, total };
}

/** Steps of one length would miss the repeats of sources that take turns. */
function scatter(place: number): number {
  return Math.imul(place * place, 0x9e3779b1) >>> 16;
}

function toBytes(value: ColumnValues[number]): ColumnValues[number] {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

/** A text that is the same for the same bytes, and for no others. */
function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
