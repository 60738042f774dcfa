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
export type KnownExtension = (typeof knownExtensions)[number];

/** `specversion` is 1.0 in every event that lands, so that it needs no column. */
const settled: ReadonlySet<string> = new Set([...Object.keys(maxLengths), ...knownExtensions]);

/** Whether an attribute goes to the column `extensions`, because it has none of its own. */
export function isExtension(name: string): boolean {
  return name === 'dataschema' || !settled.has(name);
}

/** Attribute values by name as they were sent. */
export type Attributes = Readonly<Record<string, unknown>>;

/** The value of an attribute; `null` means unset. Source: CloudEvents JSON format 1.0, 2.2. */
export function attributeOf(
  attributes: Attributes,
  name: ContextAttribute | KnownExtension,
): unknown {
  return attributes[name] ?? undefined;
}

/** The canonical text of an attribute, or null when it has none. Source: CloudEvents 1.0, Type System. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
