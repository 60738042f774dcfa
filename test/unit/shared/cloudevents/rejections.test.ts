import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { maxLengths } from '../../../../shared/cloudevents/attributes.ts';
import { meanings } from '../../../../shared/cloudevents/rejection-codes.ts';
import { codesOf, payloadText, readerWith } from '../../../support/events/readers.ts';
import { rejections } from '../../../support/events/rejections.ts';

const readers = {
  strict: readerWith({ profile: 'strict' }),
  core: readerWith({ profile: 'core' }),
};

describe('a refused event', () => {
  it.each(rejections)('$name: $codes', ({ message, codes, payload, profile = 'strict' }) => {
    const items = readers[profile].read(message);
    assert.equal(items.length, 1);
    assert.deepEqual(codesOf(items[0]), codes);
    assert.equal(payloadText(items[0]), payload ?? Buffer.from(message.body).toString('utf8'));
  });

  it('has a code that some vector shows, whatever the reason', () => {
    const shown = new Set(rejections.flatMap(({ codes }) => codes));
    const faults = ['missing', 'not_string', 'empty', 'too_long', 'invalid_characters'];
    const optional = new Set(['envelope.subject.missing', 'envelope.dataschema.missing']);
    const ofAttributes = Object.keys(maxLengths)
      .flatMap((name) => faults.map((fault) => `envelope.${name}.${fault}`))
      .filter((code) => !optional.has(code));
    // Shown below and in the tests of key functions.
    const elsewhere = new Set(['violations.more', 'idempotency.key_missing']);
    const expected = [...Object.keys(meanings), ...ofAttributes];
    assert.deepEqual(
      expected.filter((code) => !shown.has(code) && !elsewhere.has(code)),
      [],
    );
  });

  it('names the place of a violation by JSON pointer and never shows a value of data', () => {
    const vector = rejections.find(({ name }) => name === 'data without required fields');
    assert.ok(vector !== undefined);
    const { judgement } = readers.strict.read(vector.message)[0];
    assert.ok(judgement.kind === 'rejected');
    const { violations } = judgement.rejection;
    assert.deepEqual(
      violations.map(({ pointer }) => pointer),
      [
        '/data/order_id',
        '/data/customer_id',
        '/data/currency',
        '/data/order_total',
        '/data/items/0/product_id',
        '/data/items/1',
      ],
    );
    assert.doesNotMatch(JSON.stringify(violations), /much/);
  });
});
