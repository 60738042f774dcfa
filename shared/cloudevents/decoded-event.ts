import type { JsonText } from '../kernel/json-text.ts';
import type { Violation } from '../ports/events.ts';
import type { Attributes } from './attributes.ts';

/** An extension attribute without a column of its own. */
export interface Extension {
  readonly name: string;
  readonly value: unknown;
  /** JSON text of the value as it was sent. */
  readonly text: string;
}

/** The event's `data` before anything is checked against a schema. */
export type DecodedData =
  | { readonly kind: 'none' }
  /** There is some, but it cannot be read; a violation says why. */
  | { readonly kind: 'unreadable' }
  /** A JSON value: `text` is exactly its spelling. */
  | { readonly kind: 'json'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array };

/** An event as its bytes say it, right or wrong. */
export interface DecodedEvent {
  readonly attributes: Attributes;
  readonly extensions: readonly Extension[];
  readonly data: DecodedData;
  /** What decoding found; the rules find more. */
  readonly violations: readonly Violation[];
  /** The whole event as JSON in structured mode; in binary mode the body is `data` alone. */
  readonly envelope: JsonText | undefined;
}

/** What became of the bytes of one item. */
export type Decoded =
  | { readonly ok: true; readonly event: DecodedEvent }
  | { readonly ok: false; readonly violation: Violation };

export interface ReaderLimits {
  /** Of one event: its bytes, in binary mode with its properties. */
  readonly maxEventBytes: number;
  /** Nesting of JSON, the envelope included. */
  readonly maxDepth: number;
  readonly maxBatchEvents: number;
}
