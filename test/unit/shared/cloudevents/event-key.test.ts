import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'vitest';
import { keyFunctionOf } from '../../../../shared/cloudevents/index.ts';
import type { EventKey } from '../../../../shared/ports/events.ts';
import { messageOf, sampleText, sampleWith } from '../../../support/events/messages.ts';
import { codesOf, keyFunction, readerWith } from '../../../support/events/readers.ts';

const material = { source: '/a/b/c', id: 'e1', type: 't', subject: 's', data: '{"order":"A-1"}' };

function keyOf(setting: string, text = sampleText): EventKey | readonly string[] {
  const [item] = readerWith({ keyFunction: keyFunction(setting) }).read(messageOf(text));
  return item.judgement.kind === 'accepted' ? item.judgement.key : codesOf(item);
}

describe('keyFunctionOf', () => {
  it('takes source and id by default', () => {
    assert.deepEqual(keyFunction('id')(material), { source: '/a/b/c', id: 'e1' });
  });

  it('hashes id, type and subject as the S2 guide does', () => {
    const python = '{"id": "e\\u00e91", "subject": "s", "type": "t"}';
    const expected = createHash('sha256').update(python).digest('hex');
    assert.deepEqual(keyFunction('hash')({ ...material, id: 'e\u00e91' }), {
      source: '/a/b/c',
      id: `sha256:${expected}`,
    });
  });

  it('hashes a missing subject as null, apart from the text null', () => {
    const none = keyFunction('hash')({ ...material, subject: null });
    assert.notDeepEqual(none, keyFunction('hash')({ ...material, subject: 'null' }));
  });

  it('takes a business key, unique within its type, however it is spelled', () => {
    const key = keyFunction('/order');
    assert.deepEqual(key(material), { source: '/a/b/c', id: 'business:"t":"A-1"' });
    assert.deepEqual(key({ ...material, data: ' {"order": "\\u0041-1" }' }), key(material));
    assert.notDeepEqual(key({ ...material, type: 'u' }), key(material));
    assert.notDeepEqual(
      key({ ...material, data: '{"order":1}' }),
      key({ ...material, data: '{"order":"1"}' }),
    );
  });

  it.each(['', 'Id', 'data/order', '/~2'])('refuses the setting %j', (setting) => {
    assert.equal(keyFunctionOf(setting).ok, false);
  });
});

describe('an event under a key function', () => {
  it('has the key that the setting names', () => {
    assert.deepEqual(keyOf('/order_id'), {
      source: '/erp/sap/sales-orders',
      id: 'business:"com.client.erp.salesorder.created":"SO-2025-001234"',
    });
  });

  it.each(['/missing', '/items/0', '/order_id/x'])('is refused when there is no %s', (setting) => {
    assert.deepEqual(keyOf(setting), ['idempotency.key_missing']);
  });

  it.each([null, '', true, {}, []])('is refused when its key is %j', (value) => {
    const { data } = JSON.parse(sampleText) as { data: object };
    const text = sampleWith({ data: { ...data, batch: value } });
    assert.deepEqual(keyOf('/batch', text), ['idempotency.key_missing']);
  });
});
