import type { TypedData } from '../core/contract.ts';

/** How the real host turns a .NET value into the data it sends to the app, one function per type. */

/** `string`. The library parses the text as JSON where it can: "123" reaches the app as a number. */
export function ofText(text: string): TypedData {
  return { string: text };
}

/** `string[]`. A missing entry is sent as an empty text. The library parses each as JSON if it can. */
export function ofTexts(texts: readonly (string | undefined)[]): TypedData {
  return { collectionString: { string: texts.map((text) => text ?? '') } };
}

/** `byte[]`. */
export function ofBytes(bytes: Uint8Array): TypedData {
  return { bytes };
}

/** `byte[][]`. */
export function ofManyBytes(bytes: readonly Uint8Array[]): TypedData {
  return { collectionBytes: { bytes } };
}

/** `long[]`. */
export function ofLongs(numbers: readonly number[]): TypedData {
  return { collectionSint64: { sint64: numbers } };
}

/** Everything else travels as JSON. */
export function ofJson(value: unknown): TypedData {
  return { json: JSON.stringify(value, replaceUnwritable) };
}

/** Entries without a value are left out, as the real host does. */
export function metadataOf(
  entries: Readonly<Record<string, TypedData | undefined>>,
): Record<string, TypedData> {
  const present = Object.entries(entries).flatMap(([key, value]): [string, TypedData][] =>
    value === undefined ? [] : [[key, value]],
  );
  return Object.fromEntries(present);
}

/** What JSON.stringify would refuse or write differently from the .NET serialiser. */
function replaceUnwritable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (isSerialisedBuffer(value)) return Buffer.from(value.data).toString('base64');
  return value;
}

/** JSON.stringify has called `Buffer.toJSON` before the replacer sees the value. */
function isSerialisedBuffer(value: unknown): value is { readonly data: readonly number[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'Buffer' &&
    'data' in value &&
    Array.isArray(value.data)
  );
}
