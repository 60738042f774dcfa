import type { HubMessage } from '../ports/hub.ts';
import type { EventReader, ReadItem } from '../ports/events.ts';
import { noColumns } from './event-rows.ts';
import type { IngestPorts } from './ingest-ports.ts';
import { mapLimited } from './map-limited.ts';

/** A message of the hub with what the reader found in it. */
export interface ReadMessage {
  /** Position as the hub gave it. */
  readonly message: HubMessage;
  readonly origin: string;
  readonly items: readonly [ReadItem, ...ReadItem[]];
  /** The dead letters that the message replays, if it does. */
  readonly replays?: readonly string[] | undefined;
}

const concurrentUnwraps = 16;

/** Unwraps and reads messages, in order. Errors: those of the relay's storage. */
export function readMessages(
  { relay, reader }: Pick<IngestPorts, 'relay' | 'reader'>,
  messages: readonly HubMessage[],
  hub: string,
): Promise<readonly ReadMessage[]> {
  return mapLimited(messages, concurrentUnwraps, async (message) => {
    const { origin, replays, message: sent } = await relay.unwrap(message, hub);
    return { message, origin, replays, items: readItems(reader, sent) };
  });
}

/** A slip of the reader costs the message that shows it, and not the partition. */
function readItems(reader: EventReader, message: HubMessage): ReadMessage['items'] {
  try {
    return reader.read(message);
  } catch (error) {
    const violation = { code: 'bug', detail: `It could not be read: ${String(error)}` };
    const rejection = { category: 'processing', violations: [violation] } as const;
    const judgement = { kind: 'rejected', rejection } as const;
    return [{ index: 0, judgement, columns: noColumns, payload: () => message.body }];
  }
}
