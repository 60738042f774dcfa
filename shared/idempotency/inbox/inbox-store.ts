import type { EpochMs } from '../../kernel/time.ts';
import type { InboxKey } from '../../ports/inbox.ts';
import type { InboxRow } from './inbox-row.ts';

export interface StoredInboxRow {
  readonly row: InboxRow;
  readonly etag: string;
}

/**
 * Rows with compare-and-set, the only thing an inbox asks of a storage technology.
 * Errors: `storage.unavailable` (transient).
 */
export interface InboxStore {
  read(key: InboxKey): Promise<StoredInboxRow | undefined>;
  /** The new ETag, or undefined when the key already has a row. */
  insert(key: InboxKey, row: InboxRow): Promise<string | undefined>;
  /** The new ETag, or undefined when the row has changed since `etag`. */
  replace(key: InboxKey, row: InboxRow, etag: string): Promise<string | undefined>;
  /** Removes `done` rows of a consumer that have not changed since `before`; returns how many. */
  forget(consumer: string, before: EpochMs): Promise<number>;
}
