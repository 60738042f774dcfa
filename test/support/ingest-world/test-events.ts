import { noColumns } from '../../../shared/ingest/event-rows.ts';
import type { EventReader, ReadItem } from '../../../shared/ports/events.ts';
import type { HubMessage } from '../../../shared/ports/hub.ts';
import type { RelayUnwrapper } from '../../../shared/ports/relay.ts';

/** Which version of the code reads: they disagree about some events. */
export type CodeVersion = 'A' | 'B';

/** An event of the tests, as plain as the protocols need it. */
export interface TestEvent {
  readonly id: string;
  readonly payload: string;
  /** Versions that reject it. */
  readonly refusedBy?: readonly CodeVersion[];
  /** Version B puts it into another table. */
  readonly isMoved?: boolean;
}

/** A message body with one event, or a batch of several. */
export function bodyOf(...events: readonly TestEvent[]): string {
  return JSON.stringify(events);
}

/** The events that a body made by `bodyOf` holds. */
export function eventsOf({ body }: Pick<HubMessage, 'body'>): readonly TestEvent[] {
  return JSON.parse(Buffer.from(body).toString()) as TestEvent[];
}

export const eventSource = '/test';

/** The reader of one version. Version B hashes otherwise, and says so in the hash. */
export function createTestReader(version: CodeVersion): EventReader {
  return {
    read: (message) => {
      const items = eventsOf(message).map((event, index) => readItem(version, event, index));
      const [first, ...others] = items;
      if (first === undefined) throw new Error('a message has at least one event');
      return [first, ...others];
    },
  };
}

function readItem(version: CodeVersion, event: TestEvent, index: number): ReadItem {
  return {
    index,
    columns: { ...noColumns, event_id: event.id, event_source: eventSource, data: event.payload },
    judgement: event.refusedBy?.includes(version)
      ? { kind: 'rejected', rejection: refusal(version) }
      : {
          kind: 'accepted',
          key: { source: eventSource, id: event.id },
          table: event.isMoved && version === 'B' ? 'brz_event_moved' : tableFor(event.id),
          payloadHash: version === 'A' ? `v1:${event.payload}` : `v2:${event.payload}`,
        },
    payload: () => Buffer.from(JSON.stringify(event)),
  };
}

function refusal(version: CodeVersion) {
  return {
    category: 'schema',
    violations: [{ code: `schema.refused_by_${version}`, detail: 'no' }],
  } as const;
}

function tableFor(id: string): string {
  return id < 'b' ? 'brz_event_first' : 'brz_event_second';
}

/** Everything arrived at the hub itself, unless its `origin` property says otherwise. */
export const testRelay: RelayUnwrapper = {
  unwrap: (message, hub) => {
    const origin = message.properties.get('origin');
    return Promise.resolve({ origin: typeof origin === 'string' ? origin : hub, message });
  },
};
