/** The actions of a Delta log, in the spelling of the protocol. Source: Delta protocol, "Actions". */

export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  /** Present from reader version 3. */
  readonly readerFeatures?: readonly string[];
  /** Present from writer version 7. */
  readonly writerFeatures?: readonly string[];
}

export interface MetaData {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly format: { readonly provider: string; readonly options: StringMap };
  /** JSON text of a Spark struct type. */
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: StringMap;
  readonly createdTime?: number;
}

export type StringMap = Readonly<Record<string, string>>;

/** Partition values by column; null and the empty text both mean null. */
export type PartitionValues = Readonly<Record<string, string | null>>;

export interface AddFile {
  /** URI-encoded, relative to the table's root. */
  readonly path: string;
  readonly partitionValues: PartitionValues;
  readonly size: number;
  /** Epoch milliseconds. */
  readonly modificationTime: number;
  readonly dataChange: boolean;
  /** JSON text with `numRecords`, `nullCount`, `minValues` and `maxValues`. */
  readonly stats?: string;
  readonly tags?: PartitionValues;
}

export interface RemoveFile {
  readonly path: string;
  /** Epoch milliseconds; absent means long ago. */
  readonly deletionTimestamp?: number;
  readonly dataChange: boolean;
  readonly extendedFileMetadata?: boolean;
  readonly partitionValues?: PartitionValues;
  readonly size?: number;
}

export interface Txn {
  readonly appId: string;
  readonly version: number;
  /** Epoch milliseconds; without it the entry never expires. */
  readonly lastUpdated?: number;
}

/** Provenance of a commit. Free JSON: only `txnId` means something to us. */
export interface CommitInfo {
  /** Drawn afresh for each attempt to commit: recognises our own commit after a lost answer. */
  readonly txnId?: string;
  readonly timestamp?: number;
  readonly operation?: string;
  readonly operationParameters?: StringMap;
  readonly operationMetrics?: StringMap;
  readonly isBlindAppend?: boolean;
  readonly engineInfo?: string;
}

/** One version of the log: at most one of each singular action; adds, removes and txns are unordered. */
export interface Commit {
  readonly commitInfo?: CommitInfo;
  readonly protocol?: Protocol;
  readonly metaData?: MetaData;
  readonly txns: readonly Txn[];
  readonly adds: readonly AddFile[];
  readonly removes: readonly RemoveFile[];
}
