import { createHash } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import { orStatus, storageFailure } from '../kernel/storage-failure.ts';
import type { ParticipantStore, RecordKey, StoredRecord } from '../ports/participants.ts';
import { fromColumns, toColumns } from './record-columns-codec.ts';

/**
 * Records in an existing table, one row for each participant and saga. A participant has 256
 * partitions, by the saga's hash. Reading and writing are one request each.
 *
 * There is no counter of stock beside the records: one row per product would have to change in one
 * transaction with the record, and so be in the partition of the saga; what is reserved is added up
 * from the records (`domain/balance.ts`).
 */
export function createTableParticipantStore(table: TableClient): ParticipantStore {
  return {
    read: (key) => read(table, key),
    write: (key, text, etag) => write(table, key, { text, etag }),
    all: () => listAll(table),
  };
}

async function read(table: TableClient, key: RecordKey): Promise<StoredRecord | undefined> {
  const { partitionKey, rowKey } = address(key);
  const request = table.getEntity<object>(partitionKey, rowKey);
  const row = await orStatus([404], request, 'read a participant');
  return row && { text: requireRecord(row), etag: row.etag };
}

async function write(
  table: TableClient,
  key: RecordKey,
  { text, etag }: { readonly text: string; readonly etag: string | undefined },
): Promise<'written' | 'conflict'> {
  const columns = toColumns(text);
  if (columns === undefined) throw unexpected('A record of a participant is too large for a row.');
  const entity = { ...address(key), ...columns };
  const request =
    etag === undefined
      ? table.createEntity(entity)
      : table.updateEntity(entity, 'Replace', { etag });
  // A row that is gone (404) is another version as well.
  const answer = await orStatus([404, 409, 412], request, 'write a participant');
  return answer === undefined ? 'conflict' : 'written';
}

async function* listAll(table: TableClient): AsyncGenerator<RecordKey & { readonly text: string }> {
  const rows = table.listEntities<object>();
  try {
    for await (const row of rows) {
      const { partitionKey = '', rowKey = '' } = row;
      const participant = partitionKey.slice(0, partitionKey.lastIndexOf('-'));
      yield { participant, sagaId: rowKey, text: requireRecord(row) };
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : storageFailure(cause, 'list participants');
  }
}

function address({ participant, sagaId }: RecordKey): { partitionKey: string; rowKey: string } {
  const bucket = createHash('sha256').update(sagaId).digest('hex').slice(0, 2);
  return { partitionKey: `${participant}-${bucket}`, rowKey: sagaId };
}

function requireRecord(row: object): string {
  const text = fromColumns(row);
  if (text !== undefined) return text;
  throw unexpected('A row of a participant has no record.');
}

function unexpected(message: string): AppError {
  return new AppError('storage.unexpected_answer', message, { kind: 'permanent' });
}
