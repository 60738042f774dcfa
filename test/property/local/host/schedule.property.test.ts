import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../../local/host/triggers/timer/schedule.ts';
import { parseTimeSpan } from '../../../../local/host/settings/time-span.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';

/** A field as text, and the values it stands for. */
type Field = readonly [text: string, matches: (value: number) => boolean];

function field(min: number, max: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  return fc.oneof(
    fc.constant<Field>(['*', () => true]),
    value.map((exact): Field => [`${exact}`, (at) => at === exact]),
    fc
      .tuple(value, value)
      .map(([a, b]): Field => [
        `${Math.min(a, b)}-${Math.max(a, b)}`,
        (at) => at >= Math.min(a, b) && at <= Math.max(a, b),
      ]),
    fc
      .integer({ min: 1, max })
      .map((step): Field => [`*/${step}`, (at) => (at - min) % step === 0]),
  );
}

const fields = fc.tuple(
  field(0, 59),
  field(0, 59),
  field(0, 23),
  field(1, 28),
  field(1, 12),
  field(0, 6),
);
const instant = fc.integer({ min: 0, max: 4_102_444_800_000 });

function partsOf(at: number): readonly number[] {
  const date = new Date(at);
  return [
    ...[date.getUTCSeconds(), date.getUTCMinutes(), date.getUTCHours()],
    ...[date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCDay()],
  ];
}

describe('NCRONTAB schedules', () => {
  it('come at the first later second that fits every field', () => {
    fc.assert(
      fc.property(fields, instant, (written, after) => {
        const parsed = parseSchedule(written.map(([text]) => text).join(' '), 'UTC');
        if (!parsed.ok) throw new Error(parsed.problem);
        const fits = (at: number): boolean =>
          partsOf(at).every((part, index) => written[index]?.[1](part) ?? false);
        const found = parsed.value.next(epochMs(after));
        expect(found).toBeGreaterThan(after);
        expect(found % 1000).toBe(0);
        expect(fits(found)).toBe(true);
        // No earlier second fits; the last hours before are looked at one by one.
        const first = Math.max(Math.floor(after / 1000) * 1000 + 1000, found - 7_200_000);
        for (let at = first; at < found; at += 1000) {
          if (fits(at)) throw new Error(`${new Date(at).toISOString()} was passed over`);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('time spans', () => {
  it('survive being written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8_000_000_000 }), (milliseconds) => {
        const days = Math.floor(milliseconds / 86_400_000);
        const time = new Date(milliseconds % 86_400_000).toISOString().slice(11, 23);
        expect(parseTimeSpan(`${days}.${time}`)).toBeCloseTo(milliseconds, 3);
      }),
    );
  });
});
