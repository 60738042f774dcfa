import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findValueEnd } from '../../../../../local/broker/amqp/codec/layout.ts';
import {
  encodeSection,
  joinMessage,
  replaceSections,
  splitMessage,
  type SectionKind,
} from '../../../../../local/broker/amqp/codec/message.ts';
import {
  readChecked,
  typedNull,
  unwrap,
  wrapBinary,
  wrapBoolean,
  wrapDescribed,
  wrapDouble,
  wrapInt,
  wrapList,
  wrapLong,
  wrapLongArray,
  wrapMap,
  wrapString,
  wrapSymbol,
  wrapSymbolArray,
  wrapTimestamp,
  wrapUint,
  wrapUlong,
  wrapUuid,
  writeTyped,
  type Typed,
} from '../../../../../local/broker/amqp/codec/typed.ts';

const bytesOf = (constraints: fc.IntArrayConstraints): fc.Arbitrary<Buffer> =>
  fc.uint8Array(constraints).map((bytes) => Buffer.from(bytes));

const scalar: fc.Arbitrary<Typed> = fc.oneof(
  fc.constant(typedNull),
  fc.boolean().map(wrapBoolean),
  fc.nat(0xffffffff).map(wrapUint),
  fc.integer().map(wrapInt),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(wrapLong),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(wrapUlong),
  fc.double({ noNaN: true }).map(wrapDouble),
  fc.integer({ min: 0, max: 8_000_000_000_000 }).map(wrapTimestamp),
  bytesOf({ minLength: 16, maxLength: 16 }).map(wrapUuid),
  bytesOf({ maxLength: 300 }).map(wrapBinary),
  fc.string({ unit: 'grapheme', maxLength: 300 }).map(wrapString),
  fc.string({ unit: 'grapheme-ascii' }).map(wrapSymbol),
  fc.array(fc.integer()).map(wrapLongArray),
  fc.array(fc.string({ unit: 'grapheme-ascii' })).map(wrapSymbolArray),
);

const { value } = fc.letrec<{ value: Typed }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 5 }).map(wrapList),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 5 }).map(wrapMap),
    fc.tuple(fc.nat(0xffffffff), tie('value')).map(([code, inner]) => wrapDescribed(code, inner)),
  ),
}));

const kinds: readonly SectionKind[] = [
  'header',
  'delivery-annotations',
  'message-annotations',
  'properties',
  'application-properties',
  'data',
  'footer',
];

const message = fc
  .subarray([...kinds])
  .chain((present) =>
    fc.tuple(...present.map((kind) => value.map((content) => encodeSection(kind, content)))),
  );

describe('AMQP values', () => {
  it('are read as they were written, and written again byte for byte', () => {
    fc.assert(
      fc.property(value, (typed) => {
        const bytes = writeTyped(typed);
        expect(findValueEnd(bytes, 0)).toBe(bytes.length);
        expect(writeTyped(readChecked(bytes, 0))).toEqual(bytes);
      }),
    );
  });

  it('are refused when cut short', () => {
    fc.assert(
      fc.property(value, fc.nat(), (typed, cut) => {
        const bytes = writeTyped(typed);
        expect(findValueEnd(bytes.subarray(0, cut % bytes.length), 0)).toBeUndefined();
      }),
    );
  });

  it('with any byte changed are either refused or read without a failure', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(255), (typed, place, changed) => {
        const bytes = writeTyped(typed);
        bytes[place % bytes.length] = changed;
        const end = findValueEnd(bytes, 0);
        if (end !== undefined) unwrap(readChecked(bytes, 0));
      }),
      { numRuns: 1000 },
    );
  });

  it('made of any bytes are either refused or read without a failure', () => {
    fc.assert(
      fc.property(bytesOf({ minLength: 1, maxLength: 64 }), (bytes) => {
        const end = findValueEnd(bytes, 0);
        if (end !== undefined) unwrap(readChecked(bytes, 0));
        splitMessage(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('Messages', () => {
  it('are the same bytes after they have been split and joined', () => {
    fc.assert(
      fc.property(message, (sections) => {
        const bytes = joinMessage(sections);
        const split = splitMessage(bytes);
        expect(split.ok && split.value.map((section) => section.kind)).toEqual(
          sections.map((section) => section.kind),
        );
        expect(split.ok && joinMessage(split.value)).toEqual(bytes);
      }),
    );
  });

  it('keep every other section, in order, when one is replaced', () => {
    fc.assert(
      fc.property(message, fc.constantFrom(...kinds), (sections, kind) => {
        const section = encodeSection(kind, wrapString('new'));
        const replaced = replaceSections(sections, new Map([[kind, [section]]]));
        expect(replaced.filter((other) => other !== section)).toEqual(
          sections.filter((other) => other.kind !== kind),
        );
        const order = replaced.map((other) => kinds.indexOf(other.kind));
        expect(order).toEqual(order.toSorted((left, right) => left - right));
      }),
    );
  });
});
