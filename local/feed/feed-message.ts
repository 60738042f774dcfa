/** What an application property may be: what the SDKs and the CloudEvents binding know. */
export type PropertyValue = string | number | boolean;

/** A message of a feed, ready to be published. */
export interface FeedMessage {
  readonly to: 'hub' | 'servicebus';
  /** Exactly what goes over the wire. */
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  /** Application properties. A Map, because a feed chooses the keys (`__proto__`). */
  readonly properties: ReadonlyMap<string, PropertyValue>;
  readonly partitionKey: string | undefined;
  readonly sessionId: string | undefined;
}

export const structuredType = 'application/cloudevents+json; charset=UTF-8';
export const batchType = 'application/cloudevents-batch+json; charset=UTF-8';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Events of one subject go to one partition, so that they keep their order. */
export function subjectOf(event: unknown): string | undefined {
  const subject = isRecord(event) ? event['subject'] : undefined;
  return typeof subject === 'string' && subject !== '' ? subject : undefined;
}

export function isPropertyValue(value: unknown): value is PropertyValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** A value as a message to the author of a feed shows it. */
export function quote(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
