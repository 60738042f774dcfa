import type { Violation } from '../ports/events.ts';
import type { ContextAttribute } from './attributes.ts';

/** What can be wrong with the value of any context attribute. */
const attributeFaults = {
  missing: 'is required',
  not_string: 'must be a string',
  empty: 'must not be empty',
  too_long: 'is longer than allowed',
  invalid_characters: 'has control characters, noncharacters or lone surrogates',
} as const;

export type AttributeFault = keyof typeof attributeFaults;

/** Every other code of the reader, with what it says to a person. Schema codes come from the catalogue. */
export const meanings = {
  'bytes.empty': 'the message has no bytes',
  'bytes.not_utf8': 'the bytes are not UTF-8',
  'bytes.byte_order_mark': 'the text begins with a byte order mark',
  'size.exceeded': 'the event is larger than max_event_size_kb allows',
  'json.malformed': 'the text is not JSON',
  'json.truncated': 'the JSON text ends before its end',
  'json.too_deep': 'the JSON text nests too deep',
  'json.not_object': 'an event must be a JSON object',
  'json.duplicate_key': 'a member name occurs twice in one object',
  'mode.unsupported_format': 'the event format is not JSON',
  'mode.not_an_event': 'neither a structured event, nor binary mode, nor a JSON batch',
  'batch.not_array': 'a batch must be a JSON array',
  'batch.empty': 'the batch has no events',
  'batch.too_many': 'the batch has too many events',
  'envelope.specversion.unsupported': 'specversion must be "1.0"',
  'envelope.id.not_uuid': 'id must be a UUID',
  'envelope.source.not_uri_reference': 'source must be a URI reference',
  'envelope.source.not_three_part': 'source must be /{system}/{module}/{entity}',
  'envelope.type.not_five_part': 'type must be com.{organization}.{system}.{entity}.{action}',
  'envelope.time.malformed': 'time must be a timestamp of RFC 3339',
  'envelope.time.not_utc': 'time must be in UTC',
  'envelope.datacontenttype.malformed': 'datacontenttype must be a media type',
  'envelope.datacontenttype.unsupported':
    'datacontenttype must be application/json or application/avro',
  'envelope.dataschema.not_uri': 'dataschema must be an absolute URI',
  'envelope.data.missing': 'data is required',
  'envelope.data.not_object': 'data must be an object',
  'envelope.data.ambiguous': 'data and data_base64 exclude each other',
  'envelope.data.not_binary': 'data that is not JSON must be data_base64',
  'envelope.data_base64.malformed': 'data_base64 must be base64 text',
  'envelope.attribute.name_invalid': 'attribute names are of a to z and 0 to 9',
  'envelope.attribute.duplicated': 'an attribute occurs twice',
  'envelope.extension.type_invalid':
    'an extension must be a string, a boolean or a whole number of 32 bits',
  'envelope.extension.invalid_characters':
    'an extension has control characters, noncharacters or lone surrogates',
  'type.unregistered': 'the event type is not in the catalogue',
  'schema.version_malformed': 'schemaversion must be a whole number from 1',
  'schema.version_unregistered': 'the catalogue has no such version of the event type',
  'schema.version_conflict': 'schemaversion and dataschema name different versions',
  'schema.format_unregistered': 'the version has no schema for this content type',
  'schema.data.missing': 'the schema describes data, but there is none',
  'violations.more': 'there are more violations than are listed',
  'idempotency.key_missing': 'the business key that deduplicates this event is missing',
} as const;

export type RejectionCode = keyof typeof meanings;

export interface Finding {
  /** What was found. Never a value of `data`. */
  readonly found?: string;
  /** JSON pointer into the event. */
  readonly pointer?: string;
}

export function violation(code: RejectionCode, finding: Finding = {}): Violation {
  return describe(code, meanings[code], finding);
}

export function attributeViolation(
  name: ContextAttribute,
  fault: AttributeFault,
  finding: Finding = {},
): Violation {
  const detail = `${name} ${attributeFaults[fault]}`;
  return describe(`envelope.${name}.${fault}`, detail, { pointer: `/${name}`, ...finding });
}

const maxShown = 80;

/** A producer's text for a person to read: escaped, and cut when it is long. */
export function show(text: string): string {
  return JSON.stringify(text.length > maxShown ? `${text.slice(0, maxShown)}...` : text);
}

function describe(code: string, meaning: string, { found, pointer }: Finding): Violation {
  const detail = found === undefined ? meaning : `${meaning}; found ${found}`;
  return pointer === undefined ? { code, detail } : { code, detail, pointer };
}
