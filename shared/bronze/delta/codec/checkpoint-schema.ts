import type { SchemaElement } from 'hyparquet';

type Elements = readonly SchemaElement[];

const optional = { repetition_type: 'OPTIONAL' } as const;
const utf8 = {
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
} as const;

/**
 * The Parquet schema of a classic checkpoint: one optional struct column for each kind of action.
 * Source: Delta protocol, "Checkpoint Schema".
 */
export const checkpointSchema: readonly SchemaElement[] = [
  ...struct('txn', [text('appId'), long('version'), long('lastUpdated')]),
  ...struct('add', [
    text('path'),
    textMap('partitionValues'),
    long('size'),
    long('modificationTime'),
    flag('dataChange'),
    text('stats'),
    textMap('tags'),
  ]),
  ...struct('remove', [
    text('path'),
    long('deletionTimestamp'),
    flag('dataChange'),
    flag('extendedFileMetadata'),
    textMap('partitionValues'),
    long('size'),
  ]),
  ...struct('metaData', [
    text('id'),
    text('name'),
    text('description'),
    struct('format', [text('provider'), textMap('options')]),
    text('schemaString'),
    textList('partitionColumns'),
    textMap('configuration'),
    long('createdTime'),
  ]),
  ...struct('protocol', [
    integer('minReaderVersion'),
    integer('minWriterVersion'),
    textList('readerFeatures'),
    textList('writerFeatures'),
  ]),
];

/** The kinds of action in a checkpoint, in the order of their columns. */
export const checkpointKinds = ['txn', 'add', 'remove', 'metaData', 'protocol'] as const;

function text(name: string): Elements {
  return [{ name, ...optional, ...utf8 }];
}

function long(name: string): Elements {
  return [{ name, ...optional, type: 'INT64' }];
}

function integer(name: string): Elements {
  return [{ name, ...optional, type: 'INT32' }];
}

function flag(name: string): Elements {
  return [{ name, ...optional, type: 'BOOLEAN' }];
}

function struct(name: string, fields: readonly Elements[]): Elements {
  return [{ name, ...optional, num_children: fields.length }, ...fields.flat()];
}

function textMap(name: string): Elements {
  return [
    { name, ...optional, converted_type: 'MAP', logical_type: { type: 'MAP' }, num_children: 1 },
    { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
    { name: 'key', repetition_type: 'REQUIRED', ...utf8 },
    ...text('value'),
  ];
}

function textList(name: string): Elements {
  return [
    { name, ...optional, converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...text('element'),
  ];
}
