import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { PersonalField } from '../../../../shared/ports/privacy.ts';
import { createPrivacy, createReveal } from '../../../../shared/privacy/index.ts';
import { AppError } from '../../../../shared/kernel/app-error.ts';

const oldKey = { id: '2024', secret: new Uint8Array(32).fill(1) };
const newKey = { id: '2025', secret: new Uint8Array(32).fill(2) };
const context = { source: '/crm/x/customers', id: 'e1' };
const email: PersonalField = { pointer: '/email', treatment: 'tokenise', kind: 'email' };
const name: PersonalField = { pointer: '/name', treatment: 'encrypt', kind: 'person-name' };

const privacy = createPrivacy(oldKey);

function protect(value: string, field: PersonalField, at = context): string {
  return JSON.parse(privacy.protect(value, field, at)) as string;
}

describe('a token', () => {
  it('is the same for a value in any event and field of its kind, however it is spelled', () => {
    const token = protect('"a@b.c"', email);
    assert.match(token, /^tok:v1:2024:[A-Za-z0-9_-]{22}$/);
    assert.equal(protect('"\\u0061@b.c"', email), token);
    assert.equal(protect('"a@b.c"', { ...email, pointer: '/contacts/*/email' }), token);
    assert.equal(protect('"a@b.c"', email, { source: '/other', id: 'e2' }), token);
  });

  it('differs by value, kind and key', () => {
    const tokens = [
      protect('"a@b.c"', email),
      protect('"a@b.d"', email),
      protect('"a@b.c"', { ...email, kind: 'login' }),
      JSON.parse(createPrivacy(newKey).protect('"a@b.c"', email, context)) as string,
    ];
    assert.equal(new Set(tokens).size, tokens.length);
  });
});

describe('an encrypted value', () => {
  it.each(['"Ada"', '12345678901234567890.0', '{"street":"\u20ac 1"}', 'true', '""'])(
    'gives back the exact text of %s',
    (value) => {
      const stored = protect(value, name);
      assert.deepEqual(createReveal([oldKey])(stored, name, context), { ok: true, value });
    },
  );

  it('is the same at every read of its event, and another in every other place', () => {
    const places = [
      protect('"Ada"', name),
      protect('"Ada"', name, { ...context, id: 'e2' }),
      protect('"Ada"', name, { ...context, source: '/other' }),
      protect('"Ada"', { ...name, pointer: '/alias' }),
      protect('"Bob"', name),
    ];
    assert.equal(protect('"Ada"', name), places[0]);
    assert.equal(new Set(places).size, places.length);
    const nonces = places.map((place) => place.split(':')[3]?.slice(0, 16));
    assert.equal(new Set(nonces).size, places.length);
  });

  it('does not open in another event, in another field, or altered', () => {
    const reveal = createReveal([oldKey]);
    const stored = protect('"Ada"', name);
    const refused = { ok: false, problem: 'not_authentic' };
    assert.deepEqual(reveal(stored, name, { ...context, id: 'e2' }), refused);
    assert.deepEqual(reveal(stored, { ...name, pointer: '/alias' }, context), refused);
    const altered = stored.slice(0, -2) + (stored.at(-2) === 'A' ? 'B' : 'A') + stored.slice(-1);
    assert.deepEqual(reveal(altered, name, context), refused);
    assert.deepEqual(reveal('enc:v1:2024:AAAA', name, context), refused);
  });

  it('opens with the key that it names, after another has replaced it', () => {
    const stored = protect('"Ada"', name);
    assert.deepEqual(createReveal([newKey, oldKey])(stored, name, context), {
      ok: true,
      value: '"Ada"',
    });
    assert.deepEqual(createReveal([newKey])(stored, name, context), {
      ok: false,
      problem: 'unknown_key',
    });
  });

  it.each(['Ada', 'tok:v1:2024:AAAA', 'enc:v2:2024:AAAA', 'enc:v1::AAAA', ''])(
    'is told from %j',
    (stored) => {
      assert.deepEqual(createReveal([oldKey])(stored, name, context), {
        ok: false,
        problem: 'not_encrypted',
      });
    },
  );
});

describe('a privacy key', () => {
  it.each([
    ['', 32],
    ['a:b', 32],
    ['x'.repeat(33), 32],
    ['k1', 31],
    ['k1', 33],
  ])('with the id %j and %i bytes is refused', (id, length) => {
    assert.throws(
      () => createPrivacy({ id, secret: new Uint8Array(length) }),
      (error) => error instanceof AppError && error.code === 'config.invalid',
    );
  });
});
