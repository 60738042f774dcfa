import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSagaId, toSagaId } from '../../../../shared/kernel/saga-id.ts';

describe('toSagaId', () => {
  it.each([
    ['SO-1001_a.b', 'SO-1001_a.b'],
    ['SO/1001', 'SO=2F1001'],
    ['a=2Fb', 'a=3D2Fb'],
    ['@entity', '=40entity'],
    ["x' or 1", 'x=27=20or=201'],
    ['ä\u0000', '=C3=A4=00'],
    ['a~return', 'a=7Ereturn'],
    ['..', '=2E=2E'],
    ['.', '=2E'],
    ['a..b', 'a..b'],
  ])('spells %j as %j', (key, id) => {
    expect(toSagaId(key)).toBe(id);
  });

  it.each(['', 'x'.repeat(91), '/'.repeat(31), '\ud800'])('makes no id of %j', (key) => {
    expect(toSagaId(key)).toBeUndefined();
  });

  it('takes a key of 90 characters', () => {
    expect(toSagaId('x'.repeat(90))).toBe('x'.repeat(90));
  });

  it('gives two keys two ids, each of them an id that a URL leaves as it is', () => {
    const key = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(key, key, (left, right) => {
        const [one, other] = [toSagaId(left), toSagaId(right)];
        if (one === undefined || other === undefined) return;
        expect(one === other).toBe(left === right);
        expect(isSagaId(one)).toBe(true);
        expect(new URL(`http://h/a/${one}/b`).pathname).toBe(`/a/${one}/b`);
      }),
    );
  });
});

describe('isSagaId', () => {
  it.each(['', '..', 'a/b', 'a=2', 'a=2f', '=zz', 'x'.repeat(91), 'a~return'])(
    'refuses %j',
    (text) => {
      expect(isSagaId(text)).toBe(false);
    },
  );
});
