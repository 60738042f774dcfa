import type { EntityState } from '../entities/entity-batch.ts';
import type { SenderLog } from '../entities/sender-log.ts';
import type { JsonText } from '../history/history-event.ts';
import type { EntityOperation } from '../instance/instance.ts';
import type { StoredRow } from './instance-row-codec.ts';
import type { Columns } from './text-columns.ts';

/** The texts of an entity that may be long. */
export const entityTexts = ['state', 'outbox', 'senders'] as const;

/** Everything else. `isOpen` is for orchestrations alone. */
export function entityColumns({ instanceId, exists, sentCount, outbox }: EntityState): Columns {
  return { kind: 'entity', instanceId, exists, sentCount, hasOutbox: outbox.length > 0 };
}

/** Reads a row that this module has written. */
export function toEntity(row: StoredRow, texts: Readonly<Record<string, JsonText>>): EntityState {
  const { state = null, outbox = null, senders = null } = texts;
  return {
    instanceId: row['instanceId'] as string,
    exists: row['exists'] === true,
    state,
    senders: JSON.parse(senders ?? '{}') as SenderLog,
    sentCount: row['sentCount'] as number,
    outbox: JSON.parse(outbox ?? '[]') as EntityOperation[],
  };
}

export function toOperation(text: JsonText): EntityOperation {
  return JSON.parse(text ?? 'null') as EntityOperation;
}

/** In the order of arrival. */
export function operationRowKey({ requestId }: EntityOperation, at: Date): string {
  return `op-${at.toISOString()}-${requestId}`;
}
