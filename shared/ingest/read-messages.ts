import type { HubMessage } from '../ports/hub.ts';
import type { ReadItem } from '../ports/events.ts';
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
    return { message, origin, replays, items: reader.read(sent) };
  });
}
