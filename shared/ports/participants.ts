/** A participant's record of one saga. */
export interface RecordKey {
  /** Short, of lower-case letters. */
  readonly participant: string;
  /** As `toSagaId` spells it. */
  readonly sagaId: string;
}

/** A record, and the version of its row. */
export interface StoredRecord {
  /** ASCII. */
  readonly text: string;
  readonly etag: string;
}

/**
 * The records of participants, under optimistic locking: of many that change one version of a
 * record, one succeeds.
 * Errors: `storage.unavailable` (transient), `storage.unexpected_answer` (permanent; also for a
 * record of more than about half a million characters).
 */
export interface ParticipantStore {
  read(key: RecordKey): Promise<StoredRecord | undefined>;
  /**
   * Replaces the version of `etag`, or makes the first one when that is undefined. A write that is
   * repeated after a lost answer may find its own success: `conflict`.
   */
  write(key: RecordKey, text: string, etag: string | undefined): Promise<'written' | 'conflict'>;
  /** Every record, each as of when it is reached. For summaries: it reads the whole table. */
  all(): AsyncIterable<RecordKey & { readonly text: string }>;
}
