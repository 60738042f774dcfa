import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { toViolations } from '../../../../shared/schema/schema-violations.ts';

describe('toViolations', () => {
  it('gives codes without positions and pointers with them', () => {
    const [missing, format, root] = toViolations([
      { instancePath: '/items/12', keyword: 'required', params: { missingProperty: 'price' } },
      { instancePath: '/a~1b/3', keyword: 'format', params: { format: 'date' } },
      { instancePath: '', keyword: 'type', params: { type: 'object' } },
    ]);
    assert.deepEqual(missing, {
      code: 'schema.data.required:items/*/price',
      detail: 'data/items/12 must have the member price',
      pointer: '/data/items/12/price',
    });
    assert.equal(format?.code, 'schema.data.format:/a~1b/*');
    assert.equal(format.pointer, '/data/a~1b/3');
    assert.equal(root?.code, 'schema.data.type');
  });

  it('spells out a hundred and counts the others', () => {
    const error = { instancePath: '/a', keyword: 'type', params: {} };
    const violations = toViolations(Array.from({ length: 150 }, () => error));
    assert.equal(violations.length, 101);
    assert.deepEqual(violations.at(-1), { code: 'schema.data.more', detail: '50 more violations' });
  });
});
