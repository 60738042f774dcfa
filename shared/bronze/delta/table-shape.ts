import { fail, succeed, type Result } from '../../kernel/result.ts';
import type { Column, TableSchema } from '../../ports/delta.ts';
import type { MetaData, StringMap } from './actions.ts';
import type { FileColumn } from './codec/data-file.ts';
import {
  dateType,
  formatSchema,
  isColumnType,
  parseSchema,
  type Field,
} from './codec/schema-codec.ts';

/** What a table looks like: its fields, its partition column, and which columns have bounds. */
export interface TableShape {
  readonly fields: readonly Field[];
  readonly partitionColumn: string;
  /** Names of the columns with bounds in statistics; undefined means all, the protocol's default. */
  readonly bounded: ReadonlySet<string> | undefined;
}

/** Table property that names the columns with statistics; other engines keep to it as we do. */
const boundedProperty = 'delta.dataSkippingStatsColumns';

/** The shape that a table gets from its first append. */
export function shapeFrom(schema: TableSchema): Result<TableShape, string> {
  const empty: TableShape = {
    fields: [{ name: schema.partitionColumn, type: dateType, nullable: true, metadata: {} }],
    partitionColumn: schema.partitionColumn,
    bounded: new Set(),
  };
  if (!isColumnName(schema.partitionColumn)) {
    return fail(`"${schema.partitionColumn}" is no column name`);
  }
  return widenShape(empty, schema);
}

/**
 * The shape with the columns that `schema` has and the table lacks. Answers the same object when
 * there are none, and a problem when the two contradict each other.
 */
export function widenShape(shape: TableShape, schema: TableSchema): Result<TableShape, string> {
  if (schema.partitionColumn !== shape.partitionColumn) {
    return fail(`partitioned by ${shape.partitionColumn}, not by ${schema.partitionColumn}`);
  }
  const known = new Map(shape.fields.map((field) => [field.name.toLowerCase(), field]));
  const added: Column[] = [];
  for (const column of schema.columns) {
    const field = known.get(column.name.toLowerCase());
    const problem = field === undefined ? nameProblem(column) : conflict(field, column);
    if (problem !== undefined) return fail(problem);
    if (field !== undefined) continue;
    added.push(column);
    known.set(column.name.toLowerCase(), fieldOf(column));
  }
  return succeed(added.length === 0 ? shape : withColumns(shape, added));
}

/** The columns of a data file: every field that we can write, in the order of the table. */
export function fileColumns({
  fields,
  partitionColumn,
  bounded,
}: TableShape): readonly FileColumn[] {
  return fields.flatMap(({ name, type }) =>
    name !== partitionColumn && isColumnType(type)
      ? [{ name, type, bounds: bounded?.has(name) ?? true }]
      : [],
  );
}

/** Reads a shape from metadata. Throws `TypeError` for what is no schema. */
export function shapeOf({ schemaString, partitionColumns, configuration }: MetaData): TableShape {
  const bounded = configuration[boundedProperty];
  return {
    fields: parseSchema(schemaString),
    partitionColumn: partitionColumns.join(','),
    bounded:
      bounded === undefined ? undefined : new Set(bounded.split(',').map((name) => name.trim())),
  };
}

/** The part of a table's metadata that its shape decides. */
export function shapeMetaData(
  shape: TableShape,
  configuration: StringMap,
): Pick<MetaData, 'schemaString' | 'partitionColumns' | 'configuration'> {
  const { fields, partitionColumn, bounded } = shape;
  return {
    schemaString: formatSchema(fields),
    partitionColumns: [partitionColumn],
    configuration:
      bounded === undefined
        ? configuration
        : { ...configuration, [boundedProperty]: [...bounded].join(',') },
  };
}

function withColumns(shape: TableShape, added: readonly Column[]): TableShape {
  const { fields, partitionColumn, bounded } = shape;
  const isPartition = (field: Field): boolean => field.name === partitionColumn;
  const newlyBounded = added.filter(hasBounds).map(({ name }) => name);
  return {
    fields: [
      ...fields.filter((field) => !isPartition(field)),
      ...added.map(fieldOf),
      ...fields.filter(isPartition),
    ],
    partitionColumn,
    bounded: bounded === undefined ? undefined : new Set([...bounded, ...newlyBounded]),
  };
}

/** Spark refuses to keep bounds of booleans, and so refuses a property that names one. */
function hasBounds({ type, bounds }: Column): boolean {
  return bounds !== false && type !== 'boolean';
}

function fieldOf({ name, type }: Column): Field {
  return { name, type, nullable: true, metadata: {} };
}

function conflict(field: Field, column: Column): string | undefined {
  if (field.name !== column.name)
    return `column ${column.name} is spelled ${field.name} in the table`;
  if (field.type !== column.type) {
    return `column ${column.name} is ${JSON.stringify(field.type)} in the table, not ${column.type}`;
  }
  return field.nullable ? undefined : `column ${column.name} must not be null in the table`;
}

function nameProblem({ name }: Column): string | undefined {
  return isColumnName(name) ? undefined : `"${name}" is no column name`;
}

/** A plain word that no object has by inheritance: rows are looked up by it. */
function isColumnName(name: string): boolean {
  return /^[a-z]\w{0,127}$/i.test(name) && !(name in Object.prototype);
}
