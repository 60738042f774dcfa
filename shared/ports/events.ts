import type { Author } from '../kernel/author.ts';
import type { EpochMicros, EpochMs } from '../kernel/time.ts';
import type { HubMessage } from './hub.ts';

/** An event's identity: an `id` is unique only within its `source`. */
export interface EventKey {
  readonly source: string;
  readonly id: string;
}

/** The columns of an event table that come from the event itself; what is absent is null. */
export interface EventColumns {
  readonly event_id: string | null;
  readonly event_source: string | null;
  readonly event_type: string | null;
  readonly event_subject: string | null;
  readonly event_time: EpochMicros | null;
  readonly schema_version: string | null;
  readonly datacontenttype: string | null;
  readonly traceparent: string | null;
  readonly correlation_id: string | null;
  readonly causation_id: string | null;
  /** JSON text as the producer spelled it; base64 of the bytes when the content is not JSON. */
  readonly data: string | null;
  /** JSON text of the attributes that have no column of their own. */
  readonly extensions: string;
}

/** One reason why an input is refused. */
export interface Violation {
  /** Stable, for example `envelope.id.not_uuid` or `schema.data.required:order_id`. */
  readonly code: string;
  /** For a person: what was found and what is expected, without personal values. */
  readonly detail: string;
  /** JSON pointer into the event, where there is one. */
  readonly pointer?: string;
}

type ErrorCategory = 'schema' | 'processing' | 'timeout' | 'poison';

export interface Rejection {
  readonly category: ErrorCategory;
  /** Every violation, the first one leading. Never empty. */
  readonly violations: readonly [Violation, ...Violation[]];
}

export type Judgement =
  | {
      readonly kind: 'accepted';
      readonly key: EventKey;
      /** `brz_event_{domain}_{type}`. */
      readonly table: string;
      /** `v1:` and an HMAC over type, subject and canonical `data`, taken before tokenisation. */
      readonly payloadHash: string;
    }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** What the message that carries a dead letter says of how and where it died. */
export interface CarriedDeadLetter {
  /**
   * With `sequenceNumber` and the index of the item the position that the dead letter's id is made
   * of: the same whoever carries it, and however often.
   */
  readonly author: Author;
  readonly sequenceNumber: number;
  /** The hub, queue or `topic/Subscriptions/name` whose consumer failed. */
  readonly origin: string;
  /** `handle`, `deliver` or `saga`. */
  readonly stage: string;
  readonly partitionId: string;
  /** Of a hub; of Service Bus the enqueued time (ISO 8601), which is part of the position. */
  readonly offset: string;
  readonly rejection: Rejection;
  readonly deadLetteredAt: EpochMs;
  readonly deliveryCount: number | null;
  /** How often it was tried again; by default the deliveries after the first. */
  readonly retryCount?: number;
  readonly contentType: string | null;
  readonly sessionId: string | null;
  readonly partitionKey: string | null;
  /** JSON object of the application properties. */
  readonly properties: string;
}

/** One item of a message: an event, or something that is none. */
export interface ReadItem {
  /** 0, or the place in a JSON batch. */
  readonly index: number;
  readonly judgement: Judgement;
  /** What could be read, personal values replaced; also of a rejected item. */
  readonly columns: EventColumns;
  /** Given when the item died elsewhere: accepted, it becomes a dead letter of that place. */
  readonly deadLetter?: CarriedDeadLetter;
  /** The bytes of this item as the producer sent them, personal values replaced. */
  payload(): Uint8Array;
}

/**
 * Turns a message into items: decode, validate, classify. Pure and total: whatever the bytes are,
 * every message has at least one item, and nothing is thrown on content.
 */
export interface EventReader {
  read(message: HubMessage): readonly [ReadItem, ...ReadItem[]];
}
