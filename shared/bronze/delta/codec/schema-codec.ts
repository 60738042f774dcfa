import type { ColumnType } from '../../../ports/delta.ts';
import { isRecord, readBoolean, readText, required, type JsonRecord } from './json-fields.ts';

/** A field of a table as its metadata names it; `type` is an object for nested types. */
export interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly nullable: boolean;
  readonly metadata: JsonRecord;
}

/** The type of a partition column of ours. */
export const dateType = 'date';

const columnTypes: ReadonlySet<unknown> = new Set<ColumnType>([
  'string',
  'timestamp',
  'long',
  'integer',
  'boolean',
]);

/** Whether a field has a type that we write. */
export function isColumnType(type: unknown): type is ColumnType {
  return columnTypes.has(type);
}

/** The `schemaString` of a table's metadata. Source: Delta protocol, "Schema Serialization Format". */
export function formatSchema(fields: readonly Field[]): string {
  return JSON.stringify({ type: 'struct', fields });
}

/** Throws `TypeError` for what is no Spark struct. */
export function parseSchema(schemaString: string): readonly Field[] {
  const struct: unknown = JSON.parse(schemaString);
  if (!isRecord(struct) || !Array.isArray(struct['fields'])) {
    throw new TypeError('schemaString is no struct');
  }
  return struct['fields'].map((field: unknown) => {
    if (!isRecord(field)) throw new TypeError('a field of schemaString is no object');
    const metadata = field['metadata'];
    return {
      name: required(readText(field, 'name'), 'name'),
      type: field['type'],
      nullable: readBoolean(field, 'nullable') ?? true,
      metadata: isRecord(metadata) ? metadata : {},
    };
  });
}
