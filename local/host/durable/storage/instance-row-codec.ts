import { epochMs } from '../../../../shared/kernel/time.ts';
import type { EntityOperation, Instance, Parent, RuntimeStatus } from '../instance/instance.ts';
import { isFinished } from '../instance/instance.ts';
import type { HistoryRow } from '../history/history.ts';
import type { JsonText } from '../history/history-event.ts';
import { toPartitionKey } from './partition-key.ts';
import type { Columns } from './text-columns.ts';

/**
 * The row of an instance within its partition. No two instances share the key: Azurite looks for a
 * row by this key first, and would go through all instances for each request.
 */
export function instanceRowKey(instanceId: string): string {
  return `instance-${toPartitionKey(instanceId)}`;
}

/** Instances that a host has to look after when it takes over: no other row says that it is open. */
export const openInstancesFilter = 'isOpen eq true';

export type StoredRow = Readonly<Record<string, unknown>>;

/** The texts of an instance by column, as they may be long. */
export function textsOf(instance: Instance): Readonly<Record<string, JsonText>> {
  const { input, output, customStatus, outbox } = instance;
  return {
    input,
    output,
    customStatus,
    outbox: outbox.length === 0 ? null : JSON.stringify(outbox),
  };
}

/**
 * Everything else of an instance. Absent values are empty, so that a merge overwrites.
 * @param rowCount how many rows its history has, to tell whether both were read at one moment
 */
export function plainColumns(instance: Instance, rowCount: number): Columns {
  const { instanceId, name, version, executionId, status, parent, outbox } = instance;
  return {
    kind: 'orchestration',
    ...{ instanceId, name, executionId, status, rowCount },
    version: version ?? '',
    isOpen: !isFinished(instance) || outbox.length > 0,
    createdAt: new Date(instance.createdAt).toISOString(),
    updatedAt: new Date(instance.updatedAt).toISOString(),
    parent: parent === undefined ? '' : JSON.stringify(parent),
  };
}

/** Reads a row that this module has written. */
export function toInstance(row: StoredRow, texts: Readonly<Record<string, JsonText>>): Instance {
  const text = (name: string): string => row[name] as string;
  const version = text('version');
  const parent = text('parent');
  const { input = null, output = null, customStatus = null, outbox = null } = texts;
  return {
    instanceId: text('instanceId'),
    name: text('name'),
    version: version === '' ? undefined : version,
    executionId: text('executionId'),
    status: text('status') as RuntimeStatus,
    ...{ input, output, customStatus },
    createdAt: epochMs(Date.parse(text('createdAt'))),
    updatedAt: epochMs(Date.parse(text('updatedAt'))),
    parent: parent === '' ? undefined : (JSON.parse(parent) as Parent),
    outbox: outbox === null ? [] : (JSON.parse(outbox) as EntityOperation[]),
  };
}

export function rowCountOf(row: StoredRow): number {
  return row['rowCount'] as number;
}

/** In the order of the rows. */
export function historyRowKey(executionId: string, index: number): string {
  return `h-${executionId}-${String(index).padStart(8, '0')}`;
}

export function parseHistoryRow(text: JsonText): HistoryRow {
  return JSON.parse(text ?? '[]') as HistoryRow;
}

export function textColumn(row: StoredRow, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}
