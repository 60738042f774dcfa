import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../../shared/kernel/time.ts';
import { fromChunks, toChunks } from '../../../../shared/ledger/chunk-codec.ts';
import { fromPlanBody, toPlanBody } from '../../../../shared/ledger/plan-codec.ts';
import type { Plan, PlannedItem, Verdict } from '../../../../shared/ports/ledger.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const count = fc.nat(1_000);

const violation = fc.record(
  { code: text, detail: text, pointer: text },
  { requiredKeys: ['code', 'detail'], noNullPrototype: true },
);

const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  fc.record({ kind: fc.constant('landed'), table: fc.constantFrom('a', 'b', '__proto__') }),
  fc.constant<Verdict>({ kind: 'duplicate' }),
  fc.constant<Verdict>({ kind: 'parked' }),
  fc.record({
    kind: fc.constant('dead-lettered'),
    rejection: fc.record({
      category: fc.constantFrom('schema', 'processing', 'timeout', 'poison'),
      violations: fc.tuple(violation, violation),
    }),
  }),
);

const items: fc.Arbitrary<PlannedItem[]> = fc
  .array(
    fc.record({ step: fc.nat(3), origin: fc.constantFrom('events', '__proto__', ''), verdict }),
  )
  .map((steps) => {
    let [sequenceNumber, index] = [0, 0];
    return steps.map(({ step, origin, verdict: of }) => {
      index = step === 0 ? index + 1 : 0;
      sequenceNumber += step;
      return { sequenceNumber, index, origin, verdict: of };
    });
  });

const plan: fc.Arbitrary<Plan> = fc.record({
  first: fc.nat(),
  last: fc.maxSafeNat(),
  plannedAt: fc.nat().map(epochMs),
  items,
  lost: fc.array(fc.record({ first: count, last: count })),
  countsByOrigin: fc
    .array(
      fc.tuple(
        text,
        fc.record({
          received: count,
          landed: count,
          duplicate: count,
          deadLettered: count,
          parked: count,
        }),
      ),
    )
    .map((entries) => new Map(entries)),
  lastByTable: fc.array(fc.tuple(text, count)).map((entries) => new Map(entries)),
});

describe('plan codec', () => {
  it('returns every plan as it was', () => {
    fc.assert(
      fc.property(plan, (original) => {
        const rows = toChunks(toPlanBody(original));
        if (rows === 'too-large') throw new Error(rows);
        expect(fromPlanBody(fromChunks(rows))).toEqual(original);
      }),
    );
  });

  it('notices every damaged byte', () => {
    fc.assert(
      fc.property(plan, fc.nat(), fc.integer({ min: 1, max: 255 }), (original, place, change) => {
        const [row] = toChunks(toPlanBody(original));
        if (typeof row !== 'object') throw new Error('no row');
        const chunk0 = Uint8Array.from(row['chunk0'] ?? []);
        const at = place % chunk0.length;
        chunk0[at] = (chunk0[at] ?? 0) ^ change;
        let decoded: unknown;
        try {
          decoded = fromPlanBody(fromChunks([{ chunk0 }]));
        } catch {
          return;
        }
        expect(decoded).toEqual(original);
      }),
    );
  });
});
