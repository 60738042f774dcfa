import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { HubMessage } from '../../../../shared/ports/hub.ts';
import type { EventReader, ReadItem } from '../../../../shared/ports/events.ts';
import {
  binarySample,
  messageOf,
  sampleText,
  sampleWith,
} from '../../../support/events/messages.ts';
import { accepted, codesOf, payloadText, readerWith } from '../../../support/events/readers.ts';

const strict = readerWith({ profile: 'strict' });
const readers: readonly EventReader[] = [strict, readerWith({ profile: 'core' })];

const names = fc.oneof(
  fc.constantFrom('specversion', 'id', 'source', 'type', 'time', 'subject', 'data', 'data_base64'),
  fc.constantFrom('datacontenttype', 'dataschema', 'schemaversion', 'traceparent', 'correlationid'),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '../../x', "$metadata('", 'a\0b'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('1.0', 'com.x.erp.salesorder.created', 'com.x.crm.customer.created', '/a/b/c'),
  fc.constantFrom('application/json', 'application/avro', '2025-06-15T14:32:01Z', 'e30='),
  fc.string({ unit: 'binary' }),
);
const contentTypes = fc.oneof(
  fc.constantFrom(
    undefined,
    '',
    'application/json',
    'application/avro',
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
  ),
  fc.string(),
);
/** Whatever AMQP, or the host's JSON of it, may hand over. */
const propertyValues = fc.oneof(
  values,
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 8 }),
  fc.constantFrom(undefined, Number.NaN, Symbol('x'), new Map(), () => 1),
);
const properties = fc
  .array(
    fc.tuple(fc.constantFrom('cloudEvents:', 'cloudEvents_', 'ce-', ''), names, propertyValues),
    { maxLength: 12 },
  )
  .map((entries) => new Map(entries.map(([prefix, name, value]) => [`${prefix}${name}`, value])));
const eventTexts = fc
  .array(fc.tuple(names, values), { maxLength: 12 })
  .map(
    (members) =>
      `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
  );
const cutTexts = fc
  .tuple(eventTexts, fc.nat(), fc.string({ maxLength: 3 }))
  .map(([text, at, garbage]) => text.slice(0, at % (text.length + 1)) + garbage);
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc
    .oneof(
      eventTexts,
      cutTexts,
      fc.array(eventTexts, { maxLength: 3 }).map((texts) => `[${texts.join(',')}]`),
    )
    .map((text) => Buffer.from(text)),
);
const messages: fc.Arbitrary<HubMessage> = fc
  .tuple(bodies, contentTypes, properties)
  .map(([body, contentType, map]) => messageOf(body, { contentType, properties: map }));

describe('any message whatever', () => {
  it('has at least one item, in order, each with a judgement and bytes, and nothing is thrown', () => {
    fc.assert(
      fc.property(messages, (message) => {
        for (const reader of readers) {
          const items = reader.read(message);
          items.forEach((item, index) => {
            assert.equal(item.index, index);
            assertWhole(item);
          });
        }
      }),
      { numRuns: 4_000 },
    );
  });

  it('is read the same way twice', () => {
    fc.assert(
      fc.property(messages, (message) => {
        for (const reader of readers) {
          assert.deepEqual(reader.read(message).map(plain), reader.read(message).map(plain));
        }
      }),
    );
  });

  it('leaves the prototype of objects alone', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(messages, (message) => {
        strict.read(message);
      }),
    );
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
  });
});

describe('unknown fields of data', () => {
  const fields = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 }));

  it('never change the verdict, and the bytes of data stay as they are', () => {
    fc.assert(
      fc.property(fields, (extra) => {
        const known = JSON.parse(sampleText) as { readonly data: object };
        const data = JSON.stringify({ ...extra, items: [], ...known.data }, null, 1);
        if (/"(?:estimated_delivery|__proto__)"/.test(data)) return;
        const structured = messageOf(
          sampleWith({ data: 0 }).replace('"data":0', () => `"data":${data}`),
        );
        for (const message of [structured, binarySample('cloudEvents:', { data })]) {
          const [item] = strict.read(message);
          accepted(item);
          assert.equal(item.columns.data, data);
          assert.equal(payloadText(item), Buffer.from(message.body).toString());
        }
      }),
    );
  });
});

function plain(item: ReadItem): unknown {
  return { ...item, payload: payloadText(item) };
}

function assertWhole(item: ReadItem): void {
  assert.ok(item.payload() instanceof Uint8Array);
  assert.doesNotThrow(() => JSON.parse(item.columns.extensions) as unknown);
  if (item.judgement.kind === 'accepted') {
    assert.match(item.judgement.table, /^brz_event_[a-z0-9_]+$/);
    assert.notEqual(item.judgement.key.id, '');
    assert.notEqual(item.columns.data, null);
  } else {
    assert.ok(codesOf(item).length > 0);
    for (const code of codesOf(item)) assert.match(code, /^[a-z0-9_.]+(?::[\w/*~-]+)?$/i);
  }
}
