import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { upcast } from '../../../../shared/schema/index.ts';
import type { Upcaster } from '../../../../shared/schema/index.ts';

const chain: readonly Upcaster[] = [
  (data) => ({ ...data, path: [1] }),
  (data) => ({ ...data, path: [...(data['path'] as number[]), 2] }),
  (data) => ({ ...data, path: [...(data['path'] as number[]), 3] }),
];

describe('upcast', () => {
  it('lifts through every version between, in order, and keeps unknown fields', () => {
    const lifted = upcast({ version: 1, data: { extra: 'kept' } }, 4, chain);
    assert.deepEqual(lifted, { ok: true, value: { extra: 'kept', path: [1, 2, 3] } });
  });

  it('starts at the version that was sent', () => {
    const lifted = upcast({ version: 2, data: { path: [] } }, 3, chain);
    assert.deepEqual(lifted, { ok: true, value: { path: [2] } });
  });

  it('leaves data that already has the version', () => {
    const data = { a: 1 };
    assert.deepEqual(upcast({ version: 4, data }, 4, chain), { ok: true, value: data });
    assert.deepEqual(upcast({ version: 1, data }, 1, []), { ok: true, value: data });
  });

  it.each([
    [0, 2],
    [3, 2],
    [1, 5],
    [5, 5],
    [1.5, 2],
    [Number.NaN, 2],
  ])('has no way from %d to %d', (version, to) => {
    assert.equal(upcast({ version, data: {} }, to, chain).ok, false);
  });
});
