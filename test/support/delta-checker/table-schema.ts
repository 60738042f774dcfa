export interface SchemaColumn {
  readonly name: string;
  /** Delta's name of a primitive type, such as `string` or `timestamp`. */
  readonly type: string;
}

/** The columns of a Spark struct in JSON, or undefined when the text is none. */
export function parseSchema(schemaString: string): readonly SchemaColumn[] | undefined {
  try {
    const struct = JSON.parse(schemaString) as { type?: unknown; fields?: unknown };
    if (struct.type !== 'struct' || !Array.isArray(struct.fields)) return undefined;
    const fields = struct.fields as readonly { name?: unknown; type?: unknown }[];
    const columns = fields.flatMap(({ name, type }) =>
      typeof name === 'string' && typeof type === 'string' ? [{ name, type }] : [],
    );
    return columns.length === fields.length ? columns : undefined;
  } catch {
    return undefined;
  }
}

const duckTypes: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  long: 'BIGINT',
  integer: 'INTEGER',
  boolean: 'BOOLEAN',
  double: 'DOUBLE',
  date: 'DATE',
};

/** The type that DuckDB gives a Parquet column that rightly stores the Delta type. */
export function duckTypeOf(deltaType: string): string {
  return duckTypes[deltaType] ?? `unknown type ${deltaType}`;
}
