import { describe, expect, it } from 'vitest';
import { explore } from '../../support/saga-prover/explore.ts';
import { realSubject } from '../../support/saga-prover/real-subject.ts';
import { thoroughScenarios } from '../../support/saga-prover/scenarios.ts';

describe('a saga', { timeout: 60_000 }, () => {
  it.each(thoroughScenarios(realSubject))(
    'keeps every promise, whatever happens: $name',
    (scenario) => {
      const { counterexample, ends, states } = explore(realSubject, scenario);
      expect(counterexample).toBeUndefined();
      // A scenario that does not reach all the final states proves less than it says.
      expect(Object.keys(ends).sort()).toEqual(['compensated', 'completed', 'needs-human']);
      expect(states).toBeGreaterThan(1_500);
    },
  );
});
