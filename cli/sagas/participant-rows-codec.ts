import { decodeRecord } from '../../domain/participant-record-codec.ts';
import { participantNames } from '../../domain/messages.ts';
import type { SagaBooks } from '../../domain/balance.ts';
import { AppError } from '../../shared/kernel/app-error.ts';

/** A row of the table `participants`, as far as this reads it. */
export type ParticipantEntity = Readonly<Record<string, unknown>> & {
  readonly partitionKey?: string;
  readonly rowKey?: string;
};

/** What one participant keeps of one saga. */
export interface KeptRecord {
  readonly sagaId: string;
  readonly records: SagaBooks['records'];
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that no participant has written. */
export function toKeptRecord({ partitionKey, rowKey, record }: ParticipantEntity): KeptRecord {
  const name = participantNames.find((known) => partitionKey?.startsWith(`${known}-`));
  const decoded = typeof record === 'string' ? decodeRecord(record) : undefined;
  if (name === undefined || rowKey === undefined || decoded === undefined) {
    throw new AppError('storage.unexpected_answer', 'A row of the table participants is damaged.', {
      kind: 'permanent',
      details: { partitionKey, rowKey },
    });
  }
  return { sagaId: rowKey, records: { [name]: decoded } };
}
