import type { AddFile, CommitInfo, MetaData, Protocol, RemoveFile, Txn } from '../actions.ts';
import {
  readBoolean,
  readInteger,
  readRecord,
  readText,
  readTextMap,
  readTexts,
  required,
  type JsonRecord,
} from './json-fields.ts';

/** Readers of single actions, shared by the JSON log and the Parquet checkpoint. Throw `TypeError`. */

export function readProtocol(record: JsonRecord): Protocol {
  return defined({
    minReaderVersion: required(readInteger(record, 'minReaderVersion'), 'minReaderVersion'),
    minWriterVersion: required(readInteger(record, 'minWriterVersion'), 'minWriterVersion'),
    readerFeatures: readTexts(record, 'readerFeatures'),
    writerFeatures: readTexts(record, 'writerFeatures'),
  });
}

export function readMetaData(record: JsonRecord): MetaData {
  const format = readRecord(record, 'format') ?? {};
  return defined({
    id: required(readText(record, 'id'), 'id'),
    name: readText(record, 'name'),
    description: readText(record, 'description'),
    format: {
      provider: readText(format, 'provider') ?? 'parquet',
      options: texts(format, 'options'),
    },
    schemaString: required(readText(record, 'schemaString'), 'schemaString'),
    partitionColumns: readTexts(record, 'partitionColumns') ?? [],
    configuration: texts(record, 'configuration'),
    createdTime: readInteger(record, 'createdTime'),
  });
}

export function readAdd(record: JsonRecord): AddFile {
  return defined({
    path: required(readText(record, 'path'), 'path'),
    partitionValues: readTextMap(record, 'partitionValues') ?? {},
    size: required(readInteger(record, 'size'), 'size'),
    modificationTime: readInteger(record, 'modificationTime') ?? 0,
    dataChange: readBoolean(record, 'dataChange') ?? true,
    stats: readText(record, 'stats'),
    tags: readTextMap(record, 'tags'),
  });
}

export function readRemove(record: JsonRecord): RemoveFile {
  return defined({
    path: required(readText(record, 'path'), 'path'),
    deletionTimestamp: readInteger(record, 'deletionTimestamp'),
    dataChange: readBoolean(record, 'dataChange') ?? true,
    extendedFileMetadata: readBoolean(record, 'extendedFileMetadata'),
    partitionValues: readTextMap(record, 'partitionValues'),
    size: readInteger(record, 'size'),
  });
}

export function readTxn(record: JsonRecord): Txn {
  return defined({
    appId: required(readText(record, 'appId'), 'appId'),
    version: required(readInteger(record, 'version'), 'version'),
    lastUpdated: readInteger(record, 'lastUpdated'),
  });
}

/** Reads only who wrote it and the attempt's id: the rest is free JSON that engines shape as they like. */
export function readCommitInfo({ txnId, engineInfo }: JsonRecord): CommitInfo {
  return {
    ...(typeof txnId === 'string' ? { txnId } : {}),
    ...(typeof engineInfo === 'string' ? { engineInfo } : {}),
  };
}

function texts(record: JsonRecord, field: string): Readonly<Record<string, string>> {
  const entries = Object.entries(readTextMap(record, field) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** The type of an object whose undefined fields are left out instead. */
type Defined<Fields> = {
  [Key in keyof Fields as undefined extends Fields[Key] ? never : Key]: Fields[Key];
} & {
  [Key in keyof Fields as undefined extends Fields[Key] ? Key : never]?: Exclude<
    Fields[Key],
    undefined
  >;
};

function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<Fields>;
}
