import type { TypedData } from '../core/contract.ts';
import { ofBytes, ofManyBytes, ofText, ofTexts } from '../invocation/typed-data.ts';
import type { OptionReader } from '../settings/option-reader.ts';

/** Whether a function gets one message at a time, or an array. */
type Cardinality = 'one' | 'many';

/** What a function gets of a body: `string` unless it asks for `binary`. */
export type DataType = 'string' | 'binary';

export interface PayloadOptions {
  readonly cardinality: Cardinality;
  readonly dataType: DataType;
}

export function readPayloadOptions(options: OptionReader): PayloadOptions {
  return {
    cardinality: options.choice('cardinality', ['one', 'many'] as const, 'one'),
    dataType: options.choice('dataType', ['string', 'binary'] as const, 'string'),
  };
}

/** The bytes of a message as the SDK hands its body over: data sections stay as they are. */
export function bodyBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return Buffer.from(body);
  if (body === undefined || body === null) return Buffer.alloc(0);
  return Buffer.from(JSON.stringify(body));
}

/** One message for the function. Text is decoded as UTF-8, whatever the bytes are. */
export function toPayload(body: unknown, dataType: DataType): TypedData {
  const bytes = bodyBytes(body);
  return dataType === 'binary' ? ofBytes(bytes) : ofText(decodeText(bytes));
}

/** A batch of messages for the function. */
export function toPayloads(bodies: readonly unknown[], dataType: DataType): TypedData {
  const all = bodies.map(bodyBytes);
  return dataType === 'binary' ? ofManyBytes(all) : ofTexts(all.map(decodeText));
}

function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
