import type { FileMetaData, KeyValue } from 'hyparquet';
import { isRecord } from './json-fields.ts';

/**
 * What one row group of a checkpoint of ours holds: `state` is protocol, metadata and every `txn`.
 * The layout lets a reader skip what it does not want, and the next checkpoint take over groups as
 * they are. Other engines see ordinary row groups.
 */
export interface CheckpointGroup {
  readonly kind: 'state' | 'remove' | 'add';
  readonly rows: number;
  /** The newest `deletionTimestamp` of a group of removes. */
  readonly removedUntil?: number;
}

const layoutKey = 'bronzeflow.groups';

export function formatLayout(groups: readonly CheckpointGroup[]): KeyValue {
  return { key: layoutKey, value: JSON.stringify(groups) };
}

/** The layout of a checkpoint, or undefined for one of another engine. */
export function parseLayout(metadata: FileMetaData): readonly CheckpointGroup[] | undefined {
  const text = metadata.key_value_metadata?.find(({ key }) => key === layoutKey)?.value;
  if (text === undefined) return undefined;
  const groups: unknown = JSON.parse(text);
  if (!Array.isArray(groups) || groups.length !== metadata.row_groups.length) return undefined;
  const isTrue = metadata.row_groups.every(({ num_rows }, index) => {
    const group: unknown = groups[index];
    return isRecord(group) && group['rows'] === Number(num_rows);
  });
  return isTrue ? (groups as readonly CheckpointGroup[]) : undefined;
}
