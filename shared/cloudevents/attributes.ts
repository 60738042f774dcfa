import type { CloudEventV1 } from 'cloudevents';

/** The names that a type declares itself, without its index signature. */
type DeclaredKey<Type> = keyof {
  [Key in keyof Type as string extends Key ? never : number extends Key ? never : Key]: true;
};

/**
 * The context attributes of CloudEvents 1.0. Taken from the `cloudevents` SDK, so that the compiler
 * says when the specification that it follows has one more. Its code is not used here: it has no
 * AMQP binding and parses `data`, whose bytes we keep.
 */
export type ContextAttribute = Exclude<DeclaredKey<CloudEventV1<unknown>>, 'data' | 'data_base64'>;

/** Longest value of each context attribute, in UTF-16 code units. Keys of tables hold hashes of them. */
export const maxLengths: Readonly<Record<ContextAttribute, number>> = {
  specversion: 16,
  id: 1_024,
  source: 2_048,
  type: 512,
  subject: 2_048,
  time: 64,
  datacontenttype: 256,
  dataschema: 2_048,
};

/** Extension attributes that have a column of their own. */
export const knownExtensions = [
  'schemaversion',
  'traceparent',
  'correlationid',
  'causationid',
] as const;
type KnownExtension = (typeof knownExtensions)[number];

type NamedAttribute = ContextAttribute | KnownExtension;

/** The attributes that have a meaning here, as they were sent; undefined when unset. */
export type Attributes = Readonly<Record<NamedAttribute, unknown>>;

/**
 * Takes the named attributes from a record of all. A `null` means unset: CloudEvents JSON format
 * 1.0, 2.2.
 */
export function namedAttributes(all: Readonly<Record<string, unknown>>): Attributes {
  return {
    specversion: valueOf(all['specversion']),
    id: valueOf(all['id']),
    source: valueOf(all['source']),
    type: valueOf(all['type']),
    subject: valueOf(all['subject']),
    time: valueOf(all['time']),
    datacontenttype: valueOf(all['datacontenttype']),
    dataschema: valueOf(all['dataschema']),
    schemaversion: valueOf(all['schemaversion']),
    traceparent: valueOf(all['traceparent']),
    correlationid: valueOf(all['correlationid']),
    causationid: valueOf(all['causationid']),
  };
}

function valueOf(sent: unknown): unknown {
  return sent ?? undefined;
}

/** How many attributes are set that have a column of their own. */
export function countColumns(attributes: Attributes): number {
  let count = 0;
  for (const name of columnNames) if (attributes[name] !== undefined) count += 1;
  return count;
}

const columnNames = [
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'datacontenttype',
  ...knownExtensions,
] as const satisfies readonly NamedAttribute[];
const withColumn: ReadonlySet<string> = new Set(columnNames);

/**
 * Whether an attribute goes to the column `extensions`, because it has none of its own.
 * `specversion` is 1.0 in every event that lands and needs none.
 */
export function isExtension(name: string): boolean {
  return !withColumn.has(name);
}

/** The canonical text of an attribute, or null when it has none. Source: CloudEvents 1.0, Type System. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
