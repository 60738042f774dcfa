import { describe, expect, it } from 'vitest';
import { findFaults } from '../../support/saga-prover/find-faults.ts';
import { mutations } from '../../support/saga-prover/mutations/all.ts';
import { occurrences } from '../../support/saga-prover/planted.ts';

describe('the saga prover', () => {
  it('plants faults in sources that still say what the faults change', () => {
    const stale = mutations.filter((mutation) => occurrences(mutation) !== 1);
    expect(stale.map(({ name }) => name)).toEqual([]);
    expect(new Set(mutations.map(({ name, file }) => `${file}: ${name}`)).size).toBe(
      mutations.length,
    );
    expect(mutations.length).toBeGreaterThanOrEqual(70);
  });

  it('finds every planted fault, and tells how it came about', { timeout: 60_000 }, async () => {
    const findings = await findFaults(mutations, 2);
    const missed = findings.filter(({ counterexample }) => counterexample === undefined);
    expect(missed.map(({ name }) => name)).toEqual([]);
    expect(findings).toHaveLength(mutations.length);
    for (const { counterexample } of findings) expect(counterexample).toMatch(/^BROKEN: ./m);
    const refund = findings.find(({ name }) => name.startsWith('money is refunded'));
    expect(refund?.counterexample).toContain('shipping takes recall-shipment (attempt 1) and is');
    expect(refund?.counterexample).toContain('BROKEN: nobody has both the parcel and the money');
  });
});
