import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs, type DurationMs } from '../../../../shared/kernel/time.ts';
import {
  decideRecovery,
  type Recovery,
  type RetryPolicy,
} from '../../../../shared/recoverability/policy.ts';

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  immediate: fc.nat(8),
  delays: fc.array(fc.integer({ min: 1, max: 86_400_000 }).map(durationMs), { maxLength: 10 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const attempts = fc.record({
  inRound: fc.integer({ min: 1, max: 100 }),
  rounds: fc.nat(100),
  random: randoms,
});

const defaults: RetryPolicy = {
  immediate: 5,
  delays: [10_000, 20_000, 30_000].map(durationMs),
  jitter: 0.2,
};

/** Lets every attempt fail in the same way, and says what was decided after each. */
function failAlways(policy: RetryPolicy, random: () => number): readonly Recovery[] {
  const decisions: Recovery[] = [];
  let [inRound, rounds] = [1, 0];
  for (;;) {
    const attempts = { inRound, rounds, random: random() };
    const decision = decideRecovery(policy, { kind: 'transient' }, attempts);
    decisions.push(decision);
    if (decision.action === 'give-up') return decisions;
    [inRound, rounds] = decision.action === 'retry-now' ? [inRound + 1, rounds] : [1, rounds + 1];
  }
}

const delaysOf = (decisions: readonly Recovery[]): readonly DurationMs[] =>
  decisions.flatMap((decision) => (decision.action === 'retry-later' ? [decision.delay] : []));

describe('the recoverability policy', () => {
  it('tries 24 times by default', () => {
    expect(failAlways(defaults, () => 0)).toHaveLength(24);
  });

  it('tries (immediate + 1) x (delays + 1) times', () => {
    fc.assert(
      fc.property(policies, randoms, (policy, random) => {
        const { immediate, delays } = policy;
        expect(failAlways(policy, () => random)).toHaveLength(
          (immediate + 1) * (delays.length + 1),
        );
      }),
    );
  });

  it('never makes a delay shorter, nor longer than its jitter lets it', () => {
    fc.assert(
      fc.property(policies, randoms, (policy, random) => {
        const delays = delaysOf(failAlways(policy, () => random));
        expect(delays).toHaveLength(policy.delays.length);
        delays.forEach((delay, round) => {
          const wanted = policy.delays[round] ?? 0;
          expect(delay).toBeGreaterThanOrEqual(wanted);
          expect(delay).toBeLessThanOrEqual(Math.ceil(wanted * (1 + policy.jitter)));
        });
      }),
    );
  });

  it('never tries again what fails for good, whatever was tried', () => {
    fc.assert(
      fc.property(policies, attempts, (policy, tried) => {
        const decision = decideRecovery(policy, { kind: 'permanent' }, tried);
        expect(decision).toEqual({ action: 'give-up' });
      }),
    );
  });

  it('ends from whatever a crash or a forged property says was tried', () => {
    const after = { inRound: 500, rounds: 100, random: 0 };
    expect(decideRecovery(defaults, { kind: 'transient' }, after)).toEqual({ action: 'give-up' });
  });
});
