import { createHash } from 'node:crypto';
import type { DeadLetterSender, DeadMessage } from '../../ports/dead-letters.ts';
import type { ResolutionSender } from '../../ports/resolutions.ts';
import { createHubCarrier, type HubCarrierOptions } from '../hub-carrier.ts';
import { encodeLetter, referToLetter } from './letter-codec.ts';
import { encodeResolution } from './resolution-codec.ts';

/** Sends dead letters, and what becomes of them, to their hub. */
export interface HubDeadLetterSender extends DeadLetterSender, ResolutionSender {
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
    announce: (changes) =>
      carrier.carry(
        changes.map((change) => ({
          slot: slotNamed(change.letter.id),
          event: encodeResolution(change),
        })),
      ),
  };
}

/** Copies of one dead letter meet in one partition; otherwise they are spread. */
function slotOf({ author, sequenceNumber }: DeadMessage): number {
  return slotNamed(`${author}#${sequenceNumber}`);
}

function slotNamed(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE();
}
