import { AppError } from '../kernel/app-error.ts';
import type { PayloadStore } from '../ports/payloads.ts';
import type { OriginMessage, RelayUnwrapper } from '../ports/relay.ts';
import { unwrapMessage, type Unwrapped } from './relay-envelope.ts';

export interface RelayUnwrapperOptions {
  /** The only hub on which the relay's properties mean anything. */
  readonly landingHub: string;
  /** The entities that the relay takes messages from. */
  readonly origins: ReadonlySet<string>;
  readonly payloads: PayloadStore;
}

/**
 * On every other hub, and for a message that only claims to be relayed, the hub is the origin; so it
 * is of a replay.
 */
export function createRelayUnwrapper(options: RelayUnwrapperOptions): RelayUnwrapper {
  const { landingHub, origins, payloads } = options;
  return {
    unwrap: async (message, hub) => {
      const unwrapped = hub === landingHub ? unwrapMessage(message) : undefined;
      if (unwrapped === undefined) return { origin: hub, message };
      const { origin = hub, replays } = unwrapped;
      // A replay is counted where it arrives: its event was counted where it first came in.
      if (replays !== undefined) return { ...(await withBody(unwrapped, hub, payloads)), replays };
      return origins.has(origin) ? withBody(unwrapped, origin, payloads) : { origin: hub, message };
    },
  };
}

async function withBody(
  { message, payloadReference }: Unwrapped,
  origin: string,
  payloads: PayloadStore,
): Promise<OriginMessage> {
  if (payloadReference === undefined) return { origin, message };
  try {
    const body = await payloads.get(payloadReference);
    return { origin, message: { ...message, body } };
  } catch (error) {
    // A blob that is gone for good must not stop the partition: the message becomes a dead letter.
    if (error instanceof AppError && error.kind === 'permanent') return { origin, message };
    throw error;
  }
}
