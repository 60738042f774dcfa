import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realSubject } from '../../support/saga-prover/real-subject.ts';
import { orderScenario } from '../../support/saga-prover/scenarios.ts';
import { walk } from '../../support/saga-prover/walk.ts';

/** Custom status of a durable instance: 16 KB of UTF-16. */
const statusLimit = 8_192;

describe('an order in a bad week', () => {
  const scenario = {
    ...orderScenario(realSubject),
    name: 'order fulfilment in a bad week',
    faults: 25,
    cancels: ['c', 'c', 'd', 'e'],
  };
  const choices = fc.array(fc.nat(10_000), { maxLength: 160 });

  it('ends well or in front of a person, and its journal stays small', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(choices, (chosen) => {
        const { world, counterexample } = walk(realSubject, scenario, chosen);
        expect(counterexample).toBeUndefined();
        expect(JSON.stringify(world.saga.journal).length).toBeLessThan(statusLimit);
        ends.add(`${world.run}: ${world.saga.phase}`);
      }),
      { numRuns: 400 },
    );
    expect(ends).toContain('first: compensated');
    expect(ends).toContain('first: needs-human');
  });

  it('is returned when it is cancelled after it was completed', () => {
    const { world, counterexample } = walk(realSubject, scenario, []);
    expect(counterexample).toBeUndefined();
    expect(world.run).toBe('return');
    expect(world.saga.phase).toBe('compensated');
  });
});
