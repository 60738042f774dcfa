import { CommandError } from './command-error.ts';

/** A data file that a table's log names. */
export interface LiveFile {
  /** Relative to the table's folder, URI-decoded. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly rowCount: number;
}

export interface TableColumn {
  readonly name: string;
  /** Delta's name of a primitive type. */
  readonly type: string;
}

/** What we read of one action; kinds that do not change the rows are left out. */
export type LogAction =
  | { readonly kind: 'add'; readonly file: LiveFile }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'txn'; readonly appId: string; readonly version: number }
  | {
      readonly kind: 'metaData';
      readonly columns: readonly TableColumn[];
      readonly partitionColumns: readonly string[];
    };

/** The actions as the protocol spells them; a checkpoint row has null for all kinds but one. */
interface RawAction {
  readonly add?: {
    readonly path: string;
    readonly partitionValues: Readonly<Record<string, string | null>>;
    readonly stats?: string | null;
  } | null;
  readonly remove?: { readonly path: string } | null;
  readonly txn?: { readonly appId: string; readonly version: number } | null;
  readonly metaData?: {
    readonly schemaString: string;
    readonly partitionColumns: readonly string[];
  } | null;
  readonly protocol?: { readonly minReaderVersion: number } | null;
}

/** Reads one action in JSON: a line of a commit, or a row of a checkpoint. */
export function parseAction(json: string, table: string): LogAction | undefined {
  const raw = JSON.parse(json) as RawAction;
  if (raw.add) return { kind: 'add', file: parseAdd(raw.add) };
  if (raw.remove) return { kind: 'remove', path: decodeURIComponent(raw.remove.path) };
  if (raw.txn) return { kind: 'txn', appId: raw.txn.appId, version: raw.txn.version };
  if (raw.metaData) return parseMetaData(raw.metaData);
  if (raw.protocol && raw.protocol.minReaderVersion > 1) {
    throw new CommandError(
      `Table ${table} needs a reader of version ${raw.protocol.minReaderVersion}; this one reads ` +
        'version 1. Another tool has upgraded the table: query it with that tool.',
    );
  }
  return undefined;
}

function parseAdd(add: NonNullable<RawAction['add']>): LiveFile {
  const stats = JSON.parse(add.stats ?? '{}') as { readonly numRecords?: number };
  return {
    path: decodeURIComponent(add.path),
    partitionValues: add.partitionValues,
    rowCount: stats.numRecords ?? 0,
  };
}

function parseMetaData(metaData: NonNullable<RawAction['metaData']>): LogAction {
  const struct = JSON.parse(metaData.schemaString) as { readonly fields: readonly TableColumn[] };
  return {
    kind: 'metaData',
    columns: struct.fields.map(({ name, type }) => ({ name, type })),
    partitionColumns: metaData.partitionColumns,
  };
}
