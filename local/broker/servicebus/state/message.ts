import type { DurationMs, EpochMs } from '../../../../shared/kernel/time.ts';
import type { Brand } from '../../../../shared/kernel/brand.ts';
import type { RawMessage, Typed } from '../../amqp/index.ts';

/** Names one peek-lock: a UUID in canonical text form, lower case. */
export type LockToken = Brand<string, 'LockToken'>;

/** A value as filters and actions see it: AMQP integers are `bigint`, float and double `number`. */
export type PropertyValue = string | bigint | number | boolean | Date | Uint8Array | null;

/** An application property. */
export interface Property {
  readonly value: PropertyValue;
  /** The producer's AMQP encoding, kept so that the exact type survives; absent if we made it. */
  readonly encoded?: Typed;
}

export type Properties = ReadonlyMap<string, Property>;

/** The broker properties that rules may read or set, as text. */
export interface SystemProperties {
  /** The producer's, or one that the broker gave. */
  readonly messageId: string;
  readonly correlationId?: string | undefined;
  readonly to?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly subject?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly replyToSessionId?: string | undefined;
  readonly contentType?: string | undefined;
  readonly partitionKey?: string | undefined;
}

/** A message as its producer sent it: what has not been changed since is passed on byte for byte. */
interface ArrivedMessage {
  readonly raw: RawMessage;
  readonly system: SystemProperties;
  readonly properties: Properties;
}

/** A message as it is now: a rule or a settlement makes a changed copy, nothing mutates it. */
export interface Message {
  readonly system: SystemProperties;
  readonly properties: Properties;
  readonly timeToLive: DurationMs | undefined;
  /** When the producer wants it to become active; absent means at once. */
  readonly scheduledAt: EpochMs | undefined;
  readonly arrived: ArrivedMessage;
}

export type MessageState = 'active' | 'deferred' | 'scheduled';

/** A message with its place in one queue. Only that queue changes it. */
export interface StoredMessage {
  readonly sequenceNumber: number;
  /** The number it first got where it was submitted; another one after forwarding. */
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedAt: EpochMs;
  readonly expiresAt: EpochMs | undefined;
  /** The entity it died in, once its dead letter has been forwarded. */
  readonly deadLetterSource: string | undefined;
  /** How often it has been forwarded so far. */
  readonly hops: number;
  message: Message;
  state: MessageState;
  /** Failed deliveries so far. */
  deliveryCount: number;
  /** The lock that holds it; a locked message keeps its state. */
  lockToken: LockToken | undefined;
}

/** The message with these application properties set over its own. */
export function withProperties(message: Message, changes: Properties | undefined): Message {
  if (changes === undefined || changes.size === 0) return message;
  return { ...message, properties: new Map([...message.properties, ...changes]) };
}
