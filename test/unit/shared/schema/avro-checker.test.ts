import assert from 'node:assert/strict';
import avro from 'avsc';
import { describe, it } from 'vitest';
import { compileAvro } from '../../../../shared/schema/avro-checker.ts';

function fieldChecker(type: unknown): (...bytes: readonly number[]) => boolean {
  const check = compileAvro(
    JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'f', type }] }),
  );
  return (...bytes) => check(Uint8Array.from(bytes));
}

describe('compileAvro', () => {
  it.each<readonly [unknown, readonly number[], boolean]>([
    ['null', [], true],
    ['null', [0], false],
    ['boolean', [1], true],
    ['boolean', [2], false],
    ['boolean', [], false],
    ['int', [0xfe, 0xff, 0xff, 0xff, 0x0f], true],
    ['int', [0x80, 0x80, 0x80, 0x80, 0x10], false],
    ['int', [0x80], false],
    ['long', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], true],
    ['long', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], false],
    ['float', [0, 0, 0, 0], true],
    ['float', [0, 0, 0], false],
    ['double', [0, 0, 0, 0, 0, 0, 0, 0], true],
    ['double', [0, 0, 0, 0, 0, 0, 0], false],
    ['string', [4, 0x61, 0x62], true],
    ['string', [4, 0x61], false],
    ['string', [1], false],
    ['string', [2, 0xff], false],
    ['bytes', [2, 0xff], true],
    ['bytes', [0], true],
    [['null', 'int'], [0], true],
    [['null', 'int'], [2, 2], true],
    [['null', 'int'], [4, 2], false],
    [['null', 'int'], [1], false],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, [2], true],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, [4], false],
    [{ type: 'fixed', name: 'F', size: 2 }, [1, 2], true],
    [{ type: 'fixed', name: 'F', size: 2 }, [1], false],
    [{ type: 'long', logicalType: 'timestamp-micros' }, [2], true],
    [{ type: 'array', items: 'int' }, [4, 2, 4, 0], true],
    [{ type: 'array', items: 'int' }, [4, 2, 4], false],
    [{ type: 'array', items: 'int' }, [3, 4, 2, 4, 0], true],
    [{ type: 'array', items: 'int' }, [2, 2, 2, 2, 0], true],
    [{ type: 'array', items: 'int' }, [0], true],
    [{ type: 'map', values: 'int' }, [2, 2, 0x61, 2, 0], true],
    [{ type: 'map', values: 'int' }, [2, 2, 0x61, 0], false],
  ])('judges a field of type %j with the bytes %j: %s', (type, bytes, expected) => {
    assert.equal(fieldChecker(type)(...bytes), expected);
  });

  it('answers at once when an array claims a billion items', () => {
    const check = fieldChecker({ type: 'array', items: 'null' });
    const startedAt = performance.now();
    assert.equal(check(0xfe, 0xff, 0xff, 0xff, 0x0f), false);
    assert.equal(check(0xfe, 0xff, 0xff, 0xff, 0x0f, 0), false);
    assert.ok(performance.now() - startedAt < 1_000);
  });

  it('bounds the depth of a type that holds itself', () => {
    const list = {
      type: 'record',
      name: 'L',
      fields: [{ name: 'next', type: ['null', 'L'] }],
    };
    const check = compileAvro(JSON.stringify(list));
    assert.equal(check(Uint8Array.from([2, 2, 2, 0])), true);
    assert.equal(check(Uint8Array.from([...Array<number>(1_000).fill(2), 0])), false);
  });

  it('accepts a long above 2^53, which the decoder refuses', () => {
    const check = fieldChecker('long');
    const bytes = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    assert.equal(check(...bytes), true);
    assert.throws(() => avro.Type.forSchema('long').fromBuffer(Buffer.from(bytes)));
  });

  it.each(['{', '"int"', '{"type":"array","items":"int"}', '{"type":"record","name":"R"}'])(
    'refuses the schema %s',
    (schema) => {
      assert.throws(() => compileAvro(schema));
    },
  );
});
