import type { HubMessage } from '../../../shared/ports/hub.ts';
import { binarySample } from './messages.ts';
import { changed, core } from './rejection-vector.ts';
import type { RejectionVector } from './rejection-vector.ts';

export const contentRejections: readonly RejectionVector[] = [
  changed('no data', { data: undefined }, 'envelope.data.missing', 'schema.data.missing'),
  core(changed('no data', { data: undefined }, 'schema.data.missing')),
  changed('data as string', { data: '{}' }, 'envelope.data.not_object', 'schema.data.type'),
  changed('data as list', { data: [] }, 'envelope.data.not_object', 'schema.data.type'),
  changed('data null', { data: null }, 'envelope.data.not_object', 'schema.data.type'),
  core(changed('data as string', { data: 'x' }, 'schema.data.type')),
  changed('data and data_base64', { data_base64: 'e30=' }, 'envelope.data.ambiguous'),
  changed(
    'data_base64 malformed',
    { data: undefined, data_base64: 'e30' },
    'envelope.data_base64.malformed',
  ),
  changed(
    'data_base64 in base64url',
    { data: undefined, data_base64: 'e3-_' },
    'envelope.data_base64.malformed',
  ),
  changed(
    'data_base64 as number',
    { data: undefined, data_base64: 1 },
    'envelope.data_base64.malformed',
  ),
  changed(
    'data_base64 that is no JSON',
    { data: undefined, data_base64: 'aGVsbG8=' },
    'json.malformed',
  ),
  changed(
    'data_base64 that is no UTF-8',
    { data: undefined, data_base64: '/w==' },
    'bytes.not_utf8',
  ),
  changed('data_base64 empty', { data: undefined, data_base64: '' }, 'bytes.empty'),
  changed(
    'Avro as JSON',
    { type: 'com.client.iot.telemetry.created', datacontenttype: 'application/avro' },
    'envelope.data.not_binary',
  ),
  changed('a schema version that is none', { schemaversion: 'one' }, 'schema.version_malformed'),
  changed('a schema version 0', { schemaversion: 0 }, 'schema.version_malformed'),
  changed('a schema version unregistered', { schemaversion: 9 }, 'schema.version_unregistered'),
  changed(
    'a dataschema of an unregistered version',
    { dataschema: 'urn:bronzeflow:erp.salesorder.created:9' },
    'schema.version_unregistered',
  ),
  changed(
    'a dataschema that names no version',
    { dataschema: 'https://example.com/order' },
    'schema.version_unregistered',
  ),
  changed(
    'two versions',
    { schemaversion: 1, dataschema: 'https://example.com/order/v2.schema.json' },
    'schema.version_conflict',
  ),
  changed(
    'Avro for a type that has none',
    { data: undefined, data_base64: 'AA==', datacontenttype: 'application/avro' },
    'schema.format_unregistered',
  ),
  changed(
    'Avro that is none',
    {
      data: undefined,
      data_base64: 'AA==',
      datacontenttype: 'application/avro',
      type: 'com.client.iot.telemetry.created',
    },
    'schema.data.avro_malformed',
  ),
  changed(
    'data without required fields',
    { data: { order_total: 'much', items: [{ price: 1 }, 2] } },
    'schema.data.required:order_id',
    'schema.data.required:customer_id',
    'schema.data.required:currency',
    'schema.data.type:/order_total',
    'schema.data.required:items/*/product_id',
    'schema.data.type:/items/*',
  ),
  changed(
    'a number beyond a double',
    {
      data: undefined,
      data_base64: Buffer.from(
        '{"order_id":"1","customer_id":"2","currency":"USD","order_total":1e999}',
      ).toString('base64'),
    },
    'schema.data.type:/order_total',
  ),
  changed(
    'a bad date',
    {
      data: {
        order_id: '1',
        customer_id: '2',
        currency: 'usd',
        order_total: -1,
        estimated_delivery: '2025-02-30',
      },
    },
    'schema.data.minimum:/order_total',
    'schema.data.pattern:/currency',
    'schema.data.format:/estimated_delivery',
  ),
];

export const binaryRejections: readonly RejectionVector[] = [
  {
    name: 'binary mode without specversion',
    message: binarySample('cloudEvents:', { specversion: undefined }),
    codes: ['envelope.specversion.missing'],
  },
  {
    name: 'binary mode without content type',
    message: binarySample('cloudEvents_', { datacontenttype: undefined }),
    codes: ['envelope.datacontenttype.missing', 'schema.format_unregistered'],
  },
  {
    name: 'binary mode without a body',
    message: binarySample('ce-', { data: '' }),
    codes: ['envelope.data.missing', 'schema.data.missing'],
  },
  {
    name: 'binary mode with a broken body',
    message: binarySample('cloudEvents:', { data: '{"order_id":' }),
    codes: ['json.truncated'],
  },
  {
    name: 'binary mode with a byte order mark',
    message: binarySample('cloudEvents:', { data: '\ufeff{}' }),
    codes: ['bytes.byte_order_mark'],
  },
  {
    name: 'binary mode with a number for id',
    message: binarySample('cloudEvents:', { id: 7n }),
    codes: ['envelope.id.not_string'],
  },
  {
    name: 'binary mode with an object for an extension',
    message: binarySample('cloudEvents:', { tenant: new Map() }),
    codes: ['envelope.extension.type_invalid'],
  },
  {
    name: 'binary mode with the attribute __proto__',
    message: binarySample('cloudEvents:', { ['__proto__']: 'x' }),
    codes: ['envelope.attribute.name_invalid'],
  },
  {
    name: 'binary mode too large',
    message: binarySample('cloudEvents:', { filler: 'x'.repeat(256 * 1024) }),
    codes: ['size.exceeded'],
  },
  {
    name: 'one attribute under two prefixes',
    message: withProperty(binarySample('cloudEvents:'), 'cloudEvents_id', 'x'),
    codes: ['envelope.attribute.duplicated', 'envelope.id.not_uuid'],
  },
];

function withProperty(message: HubMessage, name: string, value: unknown): HubMessage {
  return { ...message, properties: new Map([...message.properties, [name, value]]) };
}
