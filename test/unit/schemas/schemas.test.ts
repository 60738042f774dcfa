import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { loadCatalogueFiles, upcastersOf } from '../../../schemas/index.ts';
import { upcast } from '../../../shared/schema/index.ts';
import { realCatalogue } from '../../support/events/readers.ts';

const catalogue = realCatalogue();

describe('the event catalogue', () => {
  it('opens, and has a schema for every declared version', () => {
    assert.ok(catalogue.types().length >= 30);
    for (const { versions } of catalogue.types()) {
      for (const { formats } of versions) assert.ok(formats.includes('json'));
    }
  });

  it.each([
    'com.acmemfg.erp.salesorder.created',
    'com.acmemfg.mes.productionorder.completed',
    'com.acmemfg.iot.sensor.threshold_exceeded',
    'com.olist.erp.salesorder.created',
    'com.olist.erp.salesorder.failed',
    'com.olist.erp.payment.completed',
    'com.olist.wms.shipment.created',
    'com.olist.wms.shipment.delivered',
    'erp.productionorder.status_changed',
    'quality.inspection.hold_created',
    'iot.machine.alarm_triggered',
    'erp.salesorder.created',
    'erp.bom.component_changed',
    'mes.shift.completed',
    'erp.receipt.confirmed',
  ])('knows %s', (type) => {
    assert.ok(catalogue.find(type) !== undefined);
  });

  it('covers the systems, entities and actions of the taxonomy', () => {
    const types = catalogue.types();
    const has = (part: 'system' | 'entity' | 'action', word: string): boolean =>
      types.some((type) => type[part] === word);
    for (const system of ['erp', 'mes', 'crm', 'iot']) assert.ok(has('system', system), system);
    for (const entity of ['salesorder', 'productionorder', 'customer', 'telemetry']) {
      assert.ok(has('entity', entity), entity);
    }
    for (const action of ['created', 'updated', 'deleted', 'completed', 'failed']) {
      assert.ok(has('action', action), action);
    }
  });

  it('has Avro for telemetry, which comes in high volume', () => {
    const formats = catalogue.find('com.x.iot.telemetry.created')?.versions[0]?.formats;
    assert.deepEqual(formats, ['json', 'avro']);
  });

  it('classifies nothing of the documents and the marketplace as personal', () => {
    for (const name of [
      'erp.salesorder.created',
      'erp.payment.completed',
      'wms.shipment.created',
    ]) {
      assert.deepEqual(catalogue.find(`com.x.${name}`)?.personal, []);
    }
  });

  it('calls whatever has personal fields at least confidential', () => {
    for (const { name, personal, classification } of catalogue.types()) {
      const isGuarded = classification === 'confidential' || classification === 'restricted';
      assert.ok(personal.length === 0 || isGuarded, name);
    }
  });

  it('names every schema after its type and version', () => {
    for (const { path, text } of loadCatalogueFiles()) {
      const match = /^(\w+)\/(\w+\.\w+)\/v(\d+)\.schema\.json$/.exec(path);
      if (match === null) continue;
      const { $id, $schema } = JSON.parse(text) as Record<string, unknown>;
      assert.equal($id, `urn:bronzeflow:${match[1] ?? ''}.${match[2] ?? ''}:${match[3] ?? ''}`);
      assert.equal($schema, 'https://json-schema.org/draft/2020-12/schema');
    }
  });
});

describe('the upcasters', () => {
  it('lead from every version to the newest, and their result conforms to it', () => {
    for (const type of catalogue.types()) {
      assert.equal(upcastersOf(type.name).length, type.versions.length - 1, type.name);
    }
  });

  it('read a first order as one in USD and keep what they do not know', () => {
    const type = catalogue.find('com.x.erp.order.placed');
    assert.ok(type !== undefined);
    const sent = { orderId: 'o1', amount: 5, note: 'kept' };
    const lifted = upcast({ version: 1, data: sent }, 2, upcastersOf(type.name));
    assert.deepEqual(lifted, { ok: true, value: { ...sent, currency: 'USD' } });
    assert.ok(lifted.ok);
    assert.deepEqual(catalogue.check(type, 2, { format: 'json', value: lifted.value }), []);
  });

  it('leave a currency that a producer sent ahead of its version', () => {
    const sent = { orderId: 'o1', amount: 5, currency: 'EUR' };
    assert.deepEqual(upcast({ version: 1, data: sent }, 2, upcastersOf('erp.order.placed')), {
      ok: true,
      value: sent,
    });
  });

  it('are none for a name that is not there, inherited names included', () => {
    assert.deepEqual(upcastersOf('constructor'), []);
  });
});
