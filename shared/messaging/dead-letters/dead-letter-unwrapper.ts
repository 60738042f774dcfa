import { AppError } from '../../kernel/app-error.ts';
import type { HubMessage } from '../../ports/hub.ts';
import type { PayloadStore } from '../../ports/payloads.ts';
import type { RelayUnwrapper } from '../../ports/relay.ts';
import { decodeLetter, letterReference } from './letter-codec.ts';

export interface DeadLetterUnwrapperOptions {
  /** Origins whose dead letters are verdicts on events that were received there. */
  readonly countedOrigins: ReadonlySet<string>;
  readonly payloads: PayloadStore;
}

/**
 * Fetches letters that were too large for the hub, and says what they are counted under: the
 * entity where an event died on its way into Bronze, and the hub for all others, which are no
 * events that were received. A blob that is gone leaves a letter that cannot be read.
 */
export function createDeadLetterUnwrapper({
  countedOrigins,
  payloads,
}: DeadLetterUnwrapperOptions): RelayUnwrapper {
  return {
    unwrap: async (carrier, hub) => {
      const message = await withBody(carrier, payloads);
      const letter = decodeLetter(message);
      const isCounted = letter.ok && countedOrigins.has(letter.value.head.origin);
      return { origin: isCounted ? letter.value.head.origin : hub, message };
    },
  };
}

async function withBody(message: HubMessage, payloads: PayloadStore): Promise<HubMessage> {
  const reference = letterReference(message);
  if (reference === undefined) return message;
  try {
    return { ...message, body: await payloads.get(reference) };
  } catch (error) {
    if (error instanceof AppError && error.kind === 'permanent') return message;
    throw error;
  }
}
