import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  explore,
  type Scenario,
  type ScenarioMessage,
} from '../../../support/ingest-world/explorer.ts';
import type { CodeVersion, TestEvent } from '../../../support/ingest-world/test-events.ts';

const version = fc.constantFrom<CodeVersion>('A', 'B');

/** Few ids and payloads, so that copies meet. */
const event: fc.Arbitrary<TestEvent> = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  payload: fc.constantFrom('1', '1', '1', '2'),
  refusedBy: fc.constantFrom<readonly CodeVersion[]>([], [], ['A'], ['B'], ['A', 'B']),
  isMoved: fc.boolean(),
});

const message: fc.Arbitrary<ScenarioMessage> = fc.record({
  partition: fc.constantFrom(0, 1),
  events: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(event) },
    { weight: 1, arbitrary: fc.array(event, { minLength: 2, maxLength: 3 }) },
  ),
});

const scenario: fc.Arbitrary<Scenario> = fc.record({
  messages: fc.array(message, { minLength: 1, maxLength: 6 }),
  versions: fc.tuple(version, version, version),
  decisions: fc.array(fc.nat(4_095), { maxLength: 300, size: 'max' }),
  // Small plans are cut; with the larger limit they never are.
  isLeftToTimer: fc.boolean(),
  maxPlanLength: fc.constantFrom(20_000, 1_400),
});

describe('the way into Bronze', () => {
  it('keeps its promises under every schedule of crashes, faults, overlaps and redeliveries', async () => {
    await fc.assert(fc.asyncProperty(scenario, explore), { numRuns: 2_000 });
  });
});
