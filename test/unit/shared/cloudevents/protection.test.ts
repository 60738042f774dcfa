import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { HubMessage } from '../../../../shared/ports/hub.ts';
import type { PersonalField } from '../../../../shared/ports/privacy.ts';
import { createReveal } from '../../../../shared/privacy/index.ts';
import { binarySample, messageOf, sampleWith } from '../../../support/events/messages.ts';
import {
  accepted,
  codesOf,
  payloadText,
  privacyKey,
  readerWith,
  realCatalogue,
} from '../../../support/events/readers.ts';

const reader = readerWith();
const reveal = createReveal([privacyKey]);
const type = 'com.client.crm.customer.created';
const context = { source: '/erp/sap/sales-orders', id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890' };
const personal = ['Ada Lovelace', 'ada@example.com', '+44 1', 'Ockham', 'bob@example.com'];

const data =
  '{ "customer_id": "C-1","name":"Ada Lovelace",\n"email":"ada@example.com","phone":null,' +
  '"address":{"city":"Ockham"},"contacts":[{"email":"bob@example.com","note":"x"},{"phone":"+44 1"}],"score":1.50}';

function structured(dataText: string, changes: Readonly<Record<string, unknown>> = {}): HubMessage {
  return messageOf(
    sampleWith({ type, ...changes, data: 0 }).replace('"data":0', `"data":${dataText}`),
  );
}

function assertHidden(...texts: readonly string[]): void {
  for (const text of texts) {
    for (const value of personal) assert.ok(!text.includes(value), `${value} is in ${text}`);
  }
}

function fieldOf(pointer: string): PersonalField {
  const field = realCatalogue()
    .find(type)
    ?.personal.find((one) => one.pointer === pointer);
  assert.ok(field !== undefined);
  return field;
}

describe('personal values of an accepted event', () => {
  const [item] = reader.read(structured(data));

  it('are replaced in place, and every other character stays', () => {
    accepted(item);
    const stored = item.columns.data ?? '';
    assertHidden(stored, payloadText(item));
    const skeleton = stored.replaceAll(/"(?:tok|enc):v1:k1:[A-Za-z0-9_-]+"/g, '#');
    assert.equal(
      skeleton,
      '{ "customer_id": "C-1","name":#,\n"email":#,"phone":null,"address":#,' +
        '"contacts":[{"email":#,"note":"x"},{"phone":#}],"score":1.50}',
    );
    assert.equal(payloadText(item), Buffer.from(structured(stored).body).toString());
  });

  it('are tokens or ciphertext as the catalogue says', () => {
    const stored = JSON.parse(item.columns.data ?? '') as Record<string, string>;
    assert.match(stored['email'] ?? '', /^tok:v1:k1:[A-Za-z0-9_-]{22}$/);
    assert.deepEqual(reveal(stored['name'] ?? '', fieldOf('/name'), context), {
      ok: true,
      value: '"Ada Lovelace"',
    });
    assert.deepEqual(reveal(stored['address'] ?? '', fieldOf('/address'), context), {
      ok: true,
      value: '{"city":"Ockham"}',
    });
  });

  it('count in the payload hash as they were sent', () => {
    const [other] = reader.read(structured(data.replace('ada@', 'eve@')));
    assert.notEqual(accepted(other).payloadHash, accepted(item).payloadHash);
  });

  it('give the same bytes at every read', () => {
    assert.deepEqual(reader.read(structured(data))[0].payload(), item.payload());
  });
});

describe('personal values never reach storage, whatever is wrong with the event', () => {
  const encoded = Buffer.from(data).toString('base64');
  const whole = /^"enc:v1:k1:[A-Za-z0-9_-]+"$/;

  it.each([
    ['a bad envelope', structured(data, { id: 'no uuid', time: undefined })],
    ['an unknown version', structured(data, { schemaversion: 99 })],
    ['a failing schema', structured(data.replace('"customer_id": "C-1",', ''))],
    ['too large', structured(data, { filler: 'x'.repeat(262_144) })],
    [
      'a value of another type',
      structured(data.replace('"ada@example.com"', '["ada@example.com"]')),
    ],
    [
      'a repeated field',
      structured(data.replace('"email"', '"email":"bob@example.com","\\u0065mail"')),
    ],
    [
      'data twice',
      messageOf(sampleWith({ type, data: 0 }).replace('"data":0', `"data":${data},"data":{}`)),
    ],
    ['data as a text', structured(JSON.stringify(data))],
    ['data as a list', structured(`[${data}]`)],
    ['binary mode', binarySample('cloudEvents:', { type, data })],
    ['binary mode with a bad id', binarySample('cloudEvents:', { type, data, id: 'x' })],
    ['binary mode, truncated', binarySample('cloudEvents:', { type, data: data.slice(0, -1) })],
    [
      'binary mode of an unknown content',
      binarySample('ce-', { type, data, datacontenttype: 'text/plain' }),
    ],
    ['base64', messageOf(sampleWith({ type, data: undefined, data_base64: encoded }))],
    [
      'base64 without content type',
      messageOf(
        sampleWith({ type, data: undefined, data_base64: encoded, datacontenttype: undefined }),
      ),
    ],
    ['base64 and data', structured(data, { data_base64: encoded })],
    ['a batch', messageOf(`[${Buffer.from(structured(data).body).toString()}]`)],
  ])('%s', (_, message) => {
    const [item] = reader.read(message);
    const payload = payloadText(item);
    assertHidden(payload, item.columns.data ?? '', JSON.stringify(item.judgement));
    assert.ok(!payload.includes(encoded));
    for (const part of payload.match(/"[A-Za-z0-9+/]{40,}=*"/g) ?? []) {
      assertHidden(Buffer.from(part, 'base64').toString());
    }
    assert.match(payload, /(?:tok|enc):v1:k1:|data_base64/);
  });

  it('data that cannot be told apart is encrypted whole and can be revealed', () => {
    const [item] = reader.read(structured(JSON.stringify(data)));
    assert.deepEqual(codesOf(item), ['envelope.data.not_object', 'schema.data.type']);
    assert.match(item.columns.data ?? '', whole);
    const field: PersonalField = { pointer: '', treatment: 'encrypt', kind: 'data' };
    const stored = JSON.parse(item.columns.data ?? '') as string;
    assert.deepEqual(reveal(stored, field, context), { ok: true, value: JSON.stringify(data) });
  });

  it('a truncated body is encrypted whole', () => {
    const [item] = reader.read(binarySample('cloudEvents:', { type, data: data.slice(0, -1) }));
    assert.deepEqual(codesOf(item), ['json.truncated']);
    assert.match(payloadText(item), whole);
    assert.equal(item.columns.data, null);
  });
});

describe('an event without personal fields', () => {
  it('is kept byte by byte, even when its values look personal', () => {
    const text = sampleWith({ type: 'com.x.crm.customer.deleted', data: { customer_id: 'a@b.c' } });
    const [item] = reader.read(messageOf(text));
    accepted(item);
    assert.equal(payloadText(item), text);
  });
});
