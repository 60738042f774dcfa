import type { TypedData } from '../../core/contract.ts';
import type { JsonText } from '../history/history-event.ts';

/** What a function has returned, as JSON text; nothing is null. */
export function toJsonText(data: TypedData | null | undefined): JsonText {
  if (data === null || data === undefined) return null;
  if (typeof data.string === 'string') return JSON.stringify(data.string);
  if (typeof data.json === 'string') return data.json;
  const number = data.int ?? data.double;
  if (typeof number === 'number') return JSON.stringify(number);
  // As .NET writes a byte array.
  return data.bytes ? JSON.stringify(Buffer.from(data.bytes).toString('base64')) : null;
}
