import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { HmacSha256 } from '../../../../shared/cloudevents/hmac-sha256.ts';

function reference(secret: Uint8Array, text: string): string {
  const key = createHash('sha256').update(secret).digest('hex');
  return createHmac('sha256', key).update(text).digest('base64url');
}

describe('HmacSha256', () => {
  it('is the HMAC of node:crypto for any secret and any run of texts', () => {
    const secrets = fc.uint8Array({ minLength: 1, maxLength: 64 });
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 });
    fc.assert(
      fc.property(secrets, texts, (secret, run) => {
        const hmac = new HmacSha256(secret);
        for (const text of run) assert.equal(hmac.digest(text), reference(secret, text));
      }),
    );
  });

  it('stays right after a long text', () => {
    const secret = new Uint8Array(32).fill(3);
    const hmac = new HmacSha256(secret);
    for (const text of ['a', '\u20ac'.repeat(100_000), 'b']) {
      assert.equal(hmac.digest(text), reference(secret, text));
    }
  });
});
