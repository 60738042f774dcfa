import type { DeadLetterRecord } from '../ports/dead-letters.ts';
import type { EventReader } from '../ports/events.ts';
import type { HubMessage } from '../ports/hub.ts';
import type { PayloadStore } from '../ports/payloads.ts';
import { deadLetterIdOf, deadLetterRecord } from './dead-letter-record.ts';
import type { LandingItem } from './landing-item.ts';
import { limitRejection } from './rejection-limit.ts';
import { storePayload } from './stored-payload.ts';

export interface LetterRecordPorts {
  /** Reads the hub of dead letters. */
  readonly reader: EventReader;
  readonly payloads: PayloadStore;
}

/**
 * The records of a letter, the same that the consumer of its hub will make of it, for those who
 * cannot wait for that. What is no letter has none.
 * Errors: those of the payload store.
 */
export async function recordsOfLetter(
  { reader, payloads }: LetterRecordPorts,
  message: HubMessage,
): Promise<readonly DeadLetterRecord[]> {
  const records: DeadLetterRecord[] = [];
  for (const read of reader.read(message)) {
    const { index, columns, deadLetter } = read;
    if (deadLetter === undefined) continue;
    const { author, partitionId, origin, deadLetteredAt: plannedAt } = deadLetter;
    const place = { author, partitionId, origin, plannedAt };
    const payload = (): Uint8Array => read.payload();
    const item: LandingItem = { ...place, message, index, columns, deadLetter, payload };
    const name = `dead-letters/${deadLetterIdOf(item)}`;
    const rejection = limitRejection(deadLetter.rejection);
    const stored = await storePayload(payloads, name, payload());
    records.push(deadLetterRecord(item, { rejection, payload: stored }));
  }
  return records;
}
