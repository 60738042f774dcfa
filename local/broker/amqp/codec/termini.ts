import {
  emptyMap,
  isNull,
  listItems,
  mapEntries,
  typedNull,
  unwrap,
  wrapDescribed,
  wrapList,
  wrapSymbolMap,
  type Typed,
  type TypedMap,
} from './typed.ts';

/** Source: AMQP 1.0 part 3, 3.5.3 (source) and 3.5.4 (target). */
const sourceCode = 0x28;
const addressIndex = 0;
const filterIndex = 7;

/** The address of a source or target; empty if it has none. */
export function addressOf(terminus: Typed | undefined): string {
  const address = terminusField(terminus, addressIndex);
  const text = address === undefined ? undefined : unwrap(address);
  return typeof text === 'string' ? text : '';
}

/** The filter set of a source; empty if it has none. */
export function filterOf(source: Typed | undefined): TypedMap {
  const filter = terminusField(source, filterIndex);
  return (filter === undefined ? undefined : mapEntries(filter)) ?? emptyMap;
}

/** The same source with another filter set. */
export function withFilter(source: Typed | undefined, filter: TypedMap): Typed {
  const items = (source === undefined ? undefined : listItems(source)) ?? [];
  const fields = Array.from(
    { length: Math.max(items.length, filterIndex + 1) },
    (_, index) => items[index] ?? typedNull,
  );
  fields[filterIndex] = wrapSymbolMap(filter);
  return wrapDescribed(sourceCode, wrapList(fields));
}

function terminusField(terminus: Typed | undefined, index: number): Typed | undefined {
  const item = terminus === undefined ? undefined : listItems(terminus)?.[index];
  return isNull(item) ? undefined : item;
}
