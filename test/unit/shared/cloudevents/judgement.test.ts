import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { ReadItem } from '../../../../shared/ports/events.ts';
import { messageOf, sampleText, sampleWith } from '../../../support/events/messages.ts';
import { accepted, codesOf, readerWith, readText } from '../../../support/events/readers.ts';

const reader = readerWith();
const core = readerWith({ profile: 'core' });
const { data: sampleData } = JSON.parse(sampleText) as { data: object };

const readStructured = (text: string): ReadItem => readText(reader, text);

describe('the type of an event', () => {
  it.each([
    ['com.acmemfg.erp.salesorder.created', sampleData],
    ['com.acmemfg.mes.productionorder.completed', { production_order_id: 'P1', quantity_good: 9 }],
    [
      'com.acmemfg.iot.sensor.threshold_exceeded',
      { sensor_id: 'S1', metric: 'temperature', value: 91.5, threshold: 90 },
    ],
    ['erp.productionorder.status_changed', { production_order_id: 'P1', status: 'released' }],
    ['quality.inspection.hold_created', { hold_id: 'H', lot_id: 'L', reason: 'r' }],
    ['iot.machine.alarm_triggered', { machine_id: 'M', alarm_code: 'A', severity: 'critical' }],
    ['erp.salesorder.created', sampleData],
    ['erp.bom.component_changed', { bom_id: 'B', component_id: 'C', change: 'added' }],
    ['mes.shift.completed', { shift_id: 'S', plant: 'P', ended_at: '2025-06-15T14:00:00Z' }],
    [
      'erp.receipt.confirmed',
      { receipt_id: 'R', purchase_order_id: 'P', lines: [{ material_id: 'M', quantity: 1 }] },
    ],
  ])('%s is accepted', (type, data) => {
    const item = readStructured(sampleWith({ type, data }));
    const name = type.split('.').slice(-3).join('_');
    assert.equal(accepted(item).table, `brz_event_${name}`);
    assert.equal(item.columns.event_type, type);
  });

  it('goes to one table, whatever the organisation', () => {
    const [one, two] = ['com.a-b.crm.customer.deleted', 'com.c_d.crm.customer.deleted'].map(
      (type) => accepted(readStructured(sampleWith({ type, data: { customer_id: '1' } }))),
    );
    assert.equal(one?.table, two?.table);
  });
});

describe('the schema version', () => {
  const data = { orderId: '1', amount: 5, currency: 'EUR' };
  const type = 'com.x.erp.order.placed';

  it.each([
    [{}, '1'],
    [{ schemaversion: 2 }, '2'],
    [{ schemaversion: '2' }, '2'],
    [{ schemaversion: '2.0' }, '2'],
    [{ schemaversion: 'v2' }, '2'],
    [{ dataschema: 'urn:bronzeflow:erp.order.placed:2' }, '2'],
    [{ dataschema: 'https://schemas.example.com/order.placed/v2.schema.json' }, '2'],
    [{ dataschema: 'https://schemas.example.com/order.placed', schemaversion: 2 }, '2'],
    [{ dataschema: 'https://schemas.example.com/order.placed/2', schemaversion: '2' }, '2'],
  ])('of %j is %s', (attributes, version) => {
    const item = readStructured(sampleWith({ type, data, ...attributes }));
    accepted(item);
    assert.equal(item.columns.schema_version, version);
  });

  it('decides which schema holds', () => {
    const v1 = { orderId: '1', amount: 5 };
    accepted(readStructured(sampleWith({ type, data: v1 })));
    assert.deepEqual(codesOf(readStructured(sampleWith({ type, data: v1, schemaversion: 2 }))), [
      'schema.data.required:currency',
    ]);
  });

  it('that cannot be used stands in the column as it was sent', () => {
    const { columns } = readStructured(sampleWith({ schemaversion: 'one' }));
    assert.equal(columns.schema_version, 'one');
  });
});

describe('the core profile', () => {
  it('accepts what CloudEvents allows and the strict profile does not', () => {
    const text = sampleWith({
      id: 'order/42 \u00e9',
      source: 'https://example.com/a?b=c#d',
      time: undefined,
      datacontenttype: undefined,
    });
    const [item] = core.read(messageOf(text));
    accepted(item);
    assert.equal(item.columns.event_time, null);
    assert.equal(codesOf(reader.read(messageOf(text))[0]).length, 4);
  });

  it('converts an offset', () => {
    const [item] = core.read(messageOf(sampleWith({ time: '2025-06-15T16:32:01.456+02:00' })));
    accepted(item);
    assert.equal(item.columns.event_time, 1_749_997_921_456_000n);
  });
});

describe('the payload hash', () => {
  const hashOf = (text: string): string => accepted(readStructured(text)).payloadHash;

  it('does not depend on how the data is spelled, or on time and extensions', () => {
    const respelled = sampleText
      .replace('12500.00', '1.25e4')
      .replace('"order_id": "SO-2025-001234",', '')
      .replace('"line_count": 5', '"line_count":5.0,"order_id":"SO\\u002d2025-001234"')
      .replace('14:32:01', '15:00:00');
    assert.notEqual(respelled, sampleText);
    assert.equal(hashOf(respelled), hashOf(sampleText));
  });

  it.each([
    sampleWith({ subject: 'other' }),
    sampleWith({ subject: undefined }),
    sampleWith({ type: 'com.other.erp.salesorder.created' }),
    sampleText.replace('12500.00', '12500.01'),
    sampleText.replace('"line_count": 5', '"line_count": 5, "note": null'),
  ])('differs when the content does', (text) => {
    assert.notEqual(hashOf(text), hashOf(sampleText));
  });

  it('needs the key', () => {
    const other = readerWith({ hashKey: new Uint8Array(32).fill(1) });
    assert.notEqual(accepted(other.read(messageOf(sampleText))[0]).payloadHash, hashOf(sampleText));
  });
});
