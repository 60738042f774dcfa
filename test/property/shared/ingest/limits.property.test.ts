import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitRejection } from '../../../../shared/ingest/rejection-limit.ts';
import { utcDateOfMicros } from '../../../../shared/ingest/utc-date.ts';
import { epochMicros } from '../../../../shared/kernel/time.ts';
import type { Violation } from '../../../../shared/ports/events.ts';

/** Any UTF-16, lone surrogates included. */
const text = fc.string({
  unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
  maxLength: 600,
  size: 'max',
});

const violation: fc.Arbitrary<Violation> = fc.record(
  { code: text, detail: text, pointer: text },
  { requiredKeys: ['code', 'detail'], noNullPrototype: true },
);

describe('limits', () => {
  it('keep any rejection within 2 KB, its leading violation first', () => {
    fc.assert(
      fc.property(fc.array(violation, { minLength: 1, maxLength: 40 }), (violations) => {
        const [leading, ...others] = violations;
        if (leading === undefined) return;
        const limited = limitRejection({ category: 'schema', violations: [leading, ...others] });
        const texts = limited.violations.flatMap(({ code, detail, pointer }) => [
          code,
          detail,
          pointer,
        ]);
        expect(Buffer.byteLength(texts.join(''))).toBeLessThan(2_048);
        expect(limited.violations.length).toBeLessThanOrEqual(21);
        expect(limited.violations[0].code.slice(0, 100)).toBe(
          leading.code.toWellFormed().slice(0, 100),
        );
      }),
    );
  });

  it('file any time under the day that a calendar says, or under none', () => {
    const micros = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(micros, (time) => {
        const date = utcDateOfMicros(epochMicros(time));
        if (date === undefined) return;
        expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
        const start = BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000n;
        expect(time - start).toBeGreaterThanOrEqual(0n);
        expect(time - start).toBeLessThan(86_400_000_000n);
      }),
    );
  });

  it('file every time of the years 1 to 9999 under a day', () => {
    const micros = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });
    fc.assert(
      fc.property(micros, (time) => {
        const date = utcDateOfMicros(epochMicros(time)) ?? '';
        const start = BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000n;
        expect(time - start).toBeGreaterThanOrEqual(0n);
        expect(time - start).toBeLessThan(86_400_000_000n);
      }),
    );
  });
});
