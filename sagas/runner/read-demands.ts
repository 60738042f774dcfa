import type { JsonObject } from '../../shared/kernel/json-value.ts';
import type { EventReader, ReadItem } from '../../shared/ports/events.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';
import type { SagaDefinition } from '../definition.ts';
import type { SagaEvent } from './start-saga.ts';

/** What an event asks of a saga. */
export interface SagaDemand {
  readonly kind: 'start' | 'cancel';
  /** The CloudEvents type of the event. */
  readonly type: string;
  readonly definition: SagaDefinition;
  readonly event: SagaEvent;
}

/** Finds the events that concern sagas. Events that Bronze rejects concern nobody. */
export interface DemandReader {
  /** In the order of the message; nothing is thrown on content. */
  readonly demandsIn: (message: HubMessage) => readonly SagaDemand[];
  readonly demandsOf: (item: ReadItem) => readonly SagaDemand[];
}

export function createDemandReader(
  reader: EventReader,
  definitions: readonly SagaDefinition[],
): DemandReader {
  const interests = interestsOf(definitions);
  const words = wordsOf(definitions);
  const demandsOf = (item: ReadItem): readonly SagaDemand[] => {
    const { judgement, columns } = item;
    const interested = judgement.kind === 'accepted' ? interests.get(judgement.table) : undefined;
    const data = interested && dataOf(item);
    if (judgement.kind !== 'accepted' || interested === undefined || data === undefined) return [];
    const { traceparent } = columns;
    const event: SagaEvent = {
      key: judgement.key,
      data,
      ...(traceparent !== null && { traceparent }),
    };
    const type = columns.event_type ?? '';
    return interested.map((interest) => ({ ...interest, type, event }));
  };
  return {
    demandsOf,
    demandsIn: (message) =>
      speaksOf(message, words) ? reader.read(message).flatMap(demandsOf) : [],
  };
}

type Interest = Pick<SagaDemand, 'kind' | 'definition'>;

/** By the Bronze table of the event type, which is one to one with its catalogue name. */
function interestsOf(
  definitions: readonly SagaDefinition[],
): ReadonlyMap<string, readonly Interest[]> {
  const interests = definitions.flatMap((definition) => [
    ...definition.startedBy.map((name) => ({ name, kind: 'start', definition }) as const),
    ...definition.cancelledBy.map((name) => ({ name, kind: 'cancel', definition }) as const),
  ]);
  return Map.groupBy(interests, ({ name }) => `brz_event_${name.replaceAll('.', '_')}`);
}

/** `{entity}.{action}` of every event type that concerns sagas: every name of the type has it. */
function wordsOf(definitions: readonly SagaDefinition[]): readonly string[] {
  const names = definitions.flatMap(({ startedBy, cancelledBy }) => [...startedBy, ...cancelledBy]);
  return [...new Set(names.map((name) => name.split('.').slice(-2).join('.')))];
}

/**
 * A cheap look before an event is read in full: most events of a hub are telemetry. JSON may spell
 * any letter as an escape, so a text with escapes is read.
 */
function speaksOf({ body, properties }: HubMessage, words: readonly string[]): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (words.some((word) => bytes.includes(word)) || bytes.includes('\\u')) return true;
  return [...properties.values()].some(
    (value) => typeof value === 'string' && words.some((word) => value.includes(word)),
  );
}

/** Accepted JSON parses; Avro stands in its column as base64 text, and sagas do not read it. */
function dataOf({ columns }: ReadItem): JsonObject | undefined {
  if (columns.data === null || columns.datacontenttype === 'application/avro') return undefined;
  const data: unknown = JSON.parse(columns.data);
  return isJsonObject(data) ? data : undefined;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
