import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { HmacSha256 } from '../../../../shared/cloudevents/hmac-sha256.ts';

describe('HmacSha256', () => {
  it('is the HMAC of node:crypto for any key and any run of texts', () => {
    const keys = fc.uint8Array({ minLength: 1, maxLength: 64 });
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 });
    fc.assert(
      fc.property(keys, texts, (key, run) => {
        const hmac = new HmacSha256(key);
        for (const text of run) {
          assert.equal(
            hmac.digest(text),
            createHmac('sha256', key).update(text).digest('base64url'),
          );
        }
      }),
    );
  });

  it('grows for a long text and stays right for the short one after it', () => {
    const key = new Uint8Array(32).fill(3);
    const hmac = new HmacSha256(key);
    for (const text of ['a', '\u20ac'.repeat(100_000), 'b']) {
      assert.equal(hmac.digest(text), createHmac('sha256', key).update(text).digest('base64url'));
    }
  });
});
