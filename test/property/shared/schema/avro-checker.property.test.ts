import assert from 'node:assert/strict';
import avro from 'avsc';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { compileAvro } from '../../../../shared/schema/avro-checker.ts';

const schema = {
  type: 'record' as const,
  name: 'Everything',
  fields: [
    { name: 'flag', type: 'boolean' as const },
    { name: 'count', type: 'int' as const },
    { name: 'total', type: ['null', 'double', 'string'] as ('null' | 'double' | 'string')[] },
    { name: 'at', type: { type: 'long' as const, logicalType: 'timestamp-micros' } },
    { name: 'names', type: { type: 'array' as const, items: 'string' as const } },
    { name: 'raw', type: { type: 'map' as const, values: 'bytes' as const } },
    { name: 'kind', type: { type: 'enum' as const, name: 'Kind', symbols: ['A', 'B', 'C'] } },
    { name: 'code', type: { type: 'fixed' as const, name: 'Code', size: 3 } },
  ],
};
const type = avro.Type.forSchema(schema);
const check = compileAvro(JSON.stringify(schema));

const value = fc.record({
  flag: fc.boolean(),
  count: fc.integer(),
  total: fc.oneof(fc.constant(null), fc.double({ noNaN: true }), fc.string()),
  at: fc.maxSafeInteger().map((at) => Math.trunc(at / 2)),
  names: fc.array(fc.string({ unit: 'grapheme' })),
  raw: fc.dictionary(
    fc.string(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  ),
  kind: fc.constantFrom('A', 'B', 'C'),
  code: fc.uint8Array({ minLength: 3, maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
});

describe('the Avro checker', () => {
  it('accepts whatever another implementation writes, and no beginning or continuation of it', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(255), (content, cut, more) => {
        const bytes = type.toBuffer(content);
        assert.equal(check(bytes), true);
        assert.equal(check(bytes.subarray(0, cut % bytes.length)), false);
        assert.equal(check(Buffer.concat([bytes, Buffer.of(more)])), false);
      }),
    );
  });

  it('never accepts bytes that the other implementation cannot read', () => {
    const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(
        value,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (content, mutations) => {
          const bytes = Buffer.from(type.toBuffer(content));
          for (const { at, byte } of mutations) bytes[at % bytes.length] = byte;
          if (!check(bytes)) return;
          try {
            type.fromBuffer(bytes);
          } catch (error) {
            // The decoder has no number for a long above 2^53; the bytes are right all the same.
            assert.match(String(error), /precision/);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('ends on any bytes whatever', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        check(bytes);
      }),
      { numRuns: 5_000 },
    );
  });
});
