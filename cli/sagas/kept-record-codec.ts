import type { SagaBooks } from '../../domain/balance.ts';
import { participantNames } from '../../domain/messages.ts';
import { decodeRecord } from '../../domain/participant-record-codec.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { RecordKey } from '../../shared/ports/participants.ts';

/** What one participant keeps of one saga. */
export interface KeptRecord {
  readonly sagaId: string;
  readonly records: SagaBooks['records'];
}

/** Errors: `storage.unexpected_answer` (permanent) for a record that no participant has written. */
export function toKeptRecord({
  participant,
  sagaId,
  text,
}: RecordKey & { readonly text: string }): KeptRecord {
  const name = participantNames.find((known) => known === participant);
  const record = decodeRecord(text);
  if (name !== undefined && record !== undefined) return { sagaId, records: { [name]: record } };
  throw new AppError('storage.unexpected_answer', 'A row of the table participants is damaged.', {
    kind: 'permanent',
    details: { participant, sagaId },
  });
}
