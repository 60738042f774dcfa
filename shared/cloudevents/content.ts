import type { Violation } from '../ports/events.ts';
import type { DecodedData } from './decoded-event.ts';
import { decodeText, readJson } from './json-bytes.ts';
import { violation } from './rejection-codes.ts';
import type { RejectionCode } from './rejection-codes.ts';
import { isJsonMediaType, mediaTypeOf } from './text-forms.ts';

/** An event's `data`, and why it is unreadable if it is. */
export interface DataReading {
  readonly data: DecodedData;
  readonly problem?: Violation;
}

/** Data that came as bytes: JSON if the content type says so. */
export function readContent(
  bytes: Uint8Array,
  contentType: unknown,
  maxDepth: number,
): DataReading {
  const mediaType = typeof contentType === 'string' ? mediaTypeOf(contentType) : undefined;
  const isJson = mediaType !== undefined && isJsonMediaType(mediaType);
  if (!isJson) return { data: { kind: 'binary', bytes } };
  const text = decodeText(bytes);
  if (!text.ok) return unreadable(text.code, '/data');
  const json = readJson(text.value, maxDepth);
  if (!json.ok) return unreadable(json.code, '/data');
  return { data: { kind: 'json', text: text.value, value: json.value.value } };
}

export function unreadable(code: RejectionCode, pointer: string): DataReading {
  return { data: { kind: 'unreadable' }, problem: violation(code, { pointer }) };
}
