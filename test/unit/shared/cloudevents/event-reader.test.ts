import assert from 'node:assert/strict';
import avro from 'avsc';
import { describe, it } from 'vitest';
import { loadCatalogueFiles } from '../../../../schemas/index.ts';
import { defaultLimits } from '../../../../shared/cloudevents/index.ts';
import type { ReadItem } from '../../../../shared/ports/events.ts';
import {
  binarySample,
  marketplaceLines,
  messageOf,
  sampleText,
  sampleWith,
} from '../../../support/events/messages.ts';
import {
  accepted,
  codesOf,
  payloadText,
  readerWith,
  readText,
} from '../../../support/events/readers.ts';

const reader = readerWith();

const readStructured = (text: string): ReadItem => readText(reader, text);

describe('an event in structured mode', () => {
  it('is accepted when it is the sample of ISL-05, and every column says what it says', () => {
    const item = readStructured(sampleText);
    const judgement = accepted(item);
    assert.deepEqual(judgement.key, {
      source: '/erp/sap/sales-orders',
      id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
    });
    assert.equal(judgement.table, 'brz_event_erp_salesorder_created');
    assert.match(judgement.payloadHash, /^v1:[A-Za-z0-9_-]{43}$/);
    const data = sampleText.slice(
      sampleText.indexOf('"data": ') + 8,
      sampleText.lastIndexOf('}') - 1,
    );
    assert.deepEqual(item.columns, {
      event_id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
      event_source: '/erp/sap/sales-orders',
      event_type: 'com.client.erp.salesorder.created',
      event_subject: 'SO-2025-001234',
      event_time: 1_749_997_921_456_000n,
      schema_version: '1',
      datacontenttype: 'application/json',
      traceparent: null,
      correlation_id: null,
      causation_id: null,
      data,
      extensions: '{}',
    });
    assert.match(data, /"order_total": 12500\.00,/);
    assert.equal(payloadText(item), sampleText);
  });

  it.each(
    marketplaceLines().map(
      (line) => [JSON.parse(line) as { id: string; type: string }, line] as const,
    ),
  )('is accepted with its data untouched: $type $id', (_, line) => {
    const item = readStructured(line);
    accepted(item);
    assert.equal(line, `${line.slice(0, line.indexOf('"data":') + 7)}${item.columns.data ?? ''}}`);
  });

  it('keeps spelling, order and integers above 2^53 of data', () => {
    const data =
      '{"z":1e2,"order_id":"\\u0031","currency":"USD" , "customer_id":"2","order_total":12345678901234567890.10,"big":9007199254740993}';
    const item = readStructured(sampleWith({}).replace(/"data":.*/, `"data":\n${data} }`));
    accepted(item);
    assert.equal(item.columns.data, data);
  });

  it('keeps unknown fields of data and unknown extensions as they were spelled', () => {
    const text = sampleText.replace(
      '"subject"',
      '"tenant": "a\\u0062", "tries": 10, "dataschema":"urn:x:1", "isretry":true, "gone":null, "subject"',
    );
    const item = readStructured(text);
    accepted(item);
    assert.equal(
      item.columns.extensions,
      '{"tenant":"a\\u0062","tries":10,"dataschema":"urn:x:1","isretry":true,"gone":null}',
    );
  });

  it('puts trace and causation into their columns', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { columns } = readStructured(
      sampleWith({ traceparent, correlationid: 'c-1', causationid: 7 }),
    );
    assert.equal(columns.traceparent, traceparent);
    assert.equal(columns.correlation_id, 'c-1');
    assert.equal(columns.causation_id, '7');
    assert.equal(columns.extensions, '{}');
  });

  it('treats null as unset', () => {
    const item = readStructured(sampleWith({ subject: null, correlationid: null }));
    accepted(item);
    assert.equal(item.columns.event_subject, null);
  });

  it('reads JSON data that came as base64', () => {
    const data = '{"order_id":"1","customer_id":"2","currency":"USD","order_total":1.0}\n';
    const text = sampleWith({ data: undefined, data_base64: Buffer.from(data).toString('base64') });
    const item = readStructured(text);
    accepted(item);
    assert.equal(item.columns.data, data);
    assert.equal(payloadText(item), text);
  });

  it.each([
    undefined,
    '',
    'application/json',
    'application/json; charset=utf-8',
    'text/json',
    'application/vnd.x+json',
    'Application/CloudEvents+JSON; charset=UTF-8',
    'application/cloudevents',
  ])('is recognised under the content type %s', (contentType) => {
    accepted(reader.read(messageOf(` \n${sampleText}`, { contentType }))[0]);
  });

  it('is read as structured even when properties repeat its attributes', () => {
    const { properties } = binarySample('cloudEvents:', { id: 'other' });
    const contentType = 'application/cloudevents+json';
    const [item] = reader.read(messageOf(sampleText, { contentType, properties }));
    assert.equal(item.columns.event_id, 'a1b2c3d4-e5f6-7890-abcd-ef1234567890');
  });
});

describe('an event in binary mode', () => {
  it.each(['cloudEvents:', 'cloudEvents_', 'ce-'])('is accepted with the prefix %s', (prefix) => {
    const message = binarySample(prefix, { tenant: 'a', correlationid: 'c-1' });
    const [item, ...others] = reader.read(message);
    assert.deepEqual(others, []);
    accepted(item);
    assert.equal(item.columns.data, Buffer.from(message.body).toString());
    assert.equal(item.columns.event_time, 1_749_997_921_456_000n);
    assert.equal(item.columns.datacontenttype, 'application/json');
    assert.equal(item.columns.correlation_id, 'c-1');
    assert.equal(item.columns.extensions, '{"tenant":"a"}');
    assert.equal(item.payload(), message.body);
  });

  it('has the hash and key of the same event in structured mode', () => {
    assert.deepEqual(
      accepted(reader.read(binarySample('cloudEvents:'))[0]),
      accepted(readStructured(sampleText)),
    );
  });

  it('understands native AMQP types and their canonical texts alike', () => {
    const time = new Date('2025-06-15T14:32:01.456Z');
    const native = reader.read(
      binarySample('cloudEvents:', { time, schemaversion: 1n, tries: 3n, key: Uint8Array.of(255) }),
    )[0];
    accepted(native);
    assert.equal(native.columns.event_time, 1_749_997_921_456_000n);
    assert.equal(native.columns.schema_version, '1');
    assert.equal(native.columns.extensions, '{"tries":3,"key":"/w=="}');
  });

  it('ignores properties that are no attributes', () => {
    const message = binarySample('cloudEvents:');
    const properties = new Map([...message.properties, ['Diagnostic-Id', 'x'], ['id', 'y']]);
    const [item] = reader.read({ ...message, properties });
    accepted(item);
    assert.equal(item.columns.extensions, '{}');
  });

  it('keeps the bytes of the body, white space included', () => {
    const body = ' {"order_id":"1","customer_id":"2","currency":"USD","order_total":1}\r\n';
    const [item] = reader.read(binarySample('cloudEvents_', { data: body }));
    accepted(item);
    assert.equal(item.columns.data, body);
  });
});

describe('a JSON batch', () => {
  const contentType = 'application/cloudevents-batch+json';

  it('gives one item for each event, with its place and its own bytes', () => {
    const texts = [sampleText, '{"a":tru}', '7', sampleWith({ id: 'x' })];
    const items = reader.read(messageOf(`[${texts.join(' ,\n')}]`, { contentType }));
    assert.deepEqual(
      items.map(({ index }) => index),
      [0, 1, 2, 3],
    );
    assert.deepEqual(items.map(payloadText), texts);
    assert.deepEqual(items.map(codesOf), [
      [],
      ['json.malformed'],
      ['json.not_object'],
      ['envelope.id.not_uuid'],
    ]);
  });

  it('is recognised without a content type', () => {
    assert.equal(reader.read(messageOf(`[${sampleText},${sampleText}]`)).length, 2);
  });

  it('may have 1,000 events', () => {
    const items = reader.read(messageOf(`[${'{},'.repeat(999)}{}]`, { contentType }));
    assert.equal(items.length, 1_000);
  });

  it('is measured event by event', () => {
    const large = sampleWith({ filler: 'x'.repeat(200_000) });
    const tooLarge = sampleWith({ filler: 'x'.repeat(262_144) });
    const items = reader.read(messageOf(`[${large},${tooLarge},${large}]`, { contentType }));
    assert.deepEqual(items.map(codesOf), [[], ['size.exceeded'], []]);
  });
});

describe('the size limit', () => {
  it('accepts an event of exactly so many bytes and refuses one byte more', () => {
    const maxEventBytes = Buffer.byteLength(sampleText);
    const exact = readerWith({ limits: { ...defaultLimits, maxEventBytes } });
    accepted(exact.read(messageOf(sampleText))[0]);
    assert.deepEqual(codesOf(exact.read(messageOf(`${sampleText} `))[0]), ['size.exceeded']);
  });

  it('still fills the columns of an event that could be read', () => {
    const [item] = reader.read(messageOf(sampleWith({ filler: 'x'.repeat(262_144) })));
    assert.equal(item.columns.event_subject, 'SO-2025-001234');
  });

  it('refuses a batch unread that is larger than so many events can be', () => {
    const small = readerWith({ limits: { maxEventBytes: 1_000, maxDepth: 64, maxBatchEvents: 2 } });
    const text = `[${sampleText}${' '.repeat(1024 * 1024)}]`;
    assert.deepEqual(codesOf(small.read(messageOf(text))[0]), ['size.exceeded']);
  });

  it('counts bytes, not characters', () => {
    const text = sampleWith({ filler: '\u20ac'.repeat(90_000) });
    assert.ok(text.length < defaultLimits.maxEventBytes);
    assert.deepEqual(codesOf(reader.read(messageOf(text))[0]), ['size.exceeded']);
  });
});

describe('an event with Avro data', () => {
  const { text } = loadCatalogueFiles().find(
    ({ path }) => path === 'iot/telemetry.created/v1.avsc',
  ) ?? {
    text: '',
  };
  const reading = { metric: 'temperature', value: 21.5, unit: { string: 'C' } };
  const bytes = avro.Type.forSchema(JSON.parse(text) as avro.Schema, { wrapUnions: true }).toBuffer(
    {
      device_id: 'd-1',
      recorded_at: 1_749_997_921_456_000,
      readings: [reading, { ...reading, unit: null }],
    },
  );
  const attributes = { type: 'com.x.iot.telemetry.created', datacontenttype: 'application/avro' };

  it('is accepted in binary mode, its data column being the base64 of its bytes', () => {
    const message = { ...binarySample('cloudEvents:', attributes), body: bytes };
    const [item] = reader.read(message);
    assert.equal(accepted(item).table, 'brz_event_iot_telemetry_created');
    assert.equal(item.columns.data, bytes.toString('base64'));
    assert.equal(item.payload(), bytes);
  });

  it('is the same event in structured mode', () => {
    const encoded = { ...attributes, data: undefined, data_base64: bytes.toString('base64') };
    const structured = readStructured(sampleWith(encoded));
    const binary = reader.read({ ...binarySample('cloudEvents:', attributes), body: bytes })[0];
    assert.deepEqual(accepted(structured), accepted(binary));
    assert.deepEqual(structured.columns, binary.columns);
  });

  it('is refused when a byte is missing', () => {
    const message = { ...binarySample('cloudEvents:', attributes), body: bytes.subarray(0, -1) };
    assert.deepEqual(codesOf(reader.read(message)[0]), ['schema.data.avro_malformed']);
  });

  it('may come as JSON too', () => {
    const data = {
      device_id: 'd',
      recorded_at: '2025-06-15T14:32:01Z',
      readings: [{ metric: 'm', value: 1 }],
    };
    accepted(readStructured(sampleWith({ type: attributes.type, data })));
  });
});

describe('a long list of violations', () => {
  it('is cut, and says how many there are', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`X${at}`, 1]));
    const codes = codesOf(readStructured(sampleWith(many)));
    assert.equal(codes.length, 101);
    assert.equal(codes.at(-1), 'violations.more');
  });

  it('is cut also when the schema finds them', () => {
    const data = {
      order_id: '1',
      customer_id: '2',
      currency: 'USD',
      order_total: 1,
      items: Array(9_000).fill(0),
    };
    const codes = codesOf(readStructured(sampleWith({ data })));
    assert.equal(codes.length, 101);
    assert.equal(codes.at(-1), 'violations.more');
  });
});

describe('columns of a refused event', () => {
  it('hold what could be read, long values cut', () => {
    const { columns } = readStructured(sampleWith({ id: 'x'.repeat(5_000), time: 'yesterday' }));
    assert.equal(columns.event_id?.length, 1_024);
    assert.equal(columns.event_time, null);
    assert.equal(columns.event_type, 'com.client.erp.salesorder.created');
  });
});
