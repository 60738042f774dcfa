import { createHash } from 'node:crypto';
import type { DeadLetterSender, DeadMessage } from '../../ports/dead-letters.ts';
import { createHubCarrier, type HubCarrierOptions } from '../hub-carrier.ts';
import { encodeLetter, referToLetter } from './letter-codec.ts';

/** Sends dead letters to their hub. */
export interface HubDeadLetterSender extends DeadLetterSender {
  /** Opens what the first dead letter would otherwise wait for. Errors: `broker.unavailable`. */
  connect(): Promise<void>;
}

/** The way of dead letters to the hub `dead-letters`; a large one travels as a blob. */
export function createDeadLetterSender(
  options: Omit<HubCarrierOptions, 'refer'>,
): HubDeadLetterSender {
  const carrier = createHubCarrier({ ...options, refer: referToLetter });
  return {
    connect: () => carrier.connect(),
    reject: (messages) =>
      carrier.carry(
        messages.map((message) => ({ slot: slotOf(message), event: encodeLetter(message) })),
      ),
  };
}

/** Copies of one dead letter meet in one partition; otherwise they are spread. */
function slotOf({ author, sequenceNumber }: DeadMessage): number {
  return createHash('sha256').update(`${author}#${sequenceNumber}`).digest().readUInt32BE();
}
