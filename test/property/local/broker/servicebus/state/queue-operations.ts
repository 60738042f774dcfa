import fc from 'fast-check';

/** One step of a random life of a queue. Indexes pick from what there is, modulo its number. */
export type Step =
  | { readonly type: 'send'; readonly id: number; readonly delayMs: number; readonly ttlMs: number }
  | { readonly type: 'receive'; readonly deletes: boolean }
  | { readonly type: 'settle'; readonly index: number; readonly how: HowSettled }
  | { readonly type: 'settleStale'; readonly index: number; readonly how: HowSettled }
  | { readonly type: 'renew'; readonly index: number }
  | { readonly type: 'receiveDeferred'; readonly index: number; readonly deletes: boolean }
  | { readonly type: 'cancel'; readonly index: number }
  | { readonly type: 'acceptSession'; readonly session: number }
  | { readonly type: 'releaseSession'; readonly index: number }
  | { readonly type: 'passTime'; readonly ms: number };

export type HowSettled = 'complete' | 'abandon' | 'defer' | 'deadLetter';

const index = fc.nat(20);
const how = fc.constantFrom<HowSettled>('complete', 'abandon', 'defer', 'deadLetter');

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('send' as const),
        id: fc.nat(30),
        delayMs: fc.constantFrom(0, 0, 0, 40),
        ttlMs: fc.constantFrom(0, 0, 0, 90),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ type: fc.constant('receive' as const), deletes: fc.boolean() }),
    },
    { weight: 5, arbitrary: fc.record({ type: fc.constant('settle' as const), index, how }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('settleStale' as const), index, how }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('renew' as const), index }) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('receiveDeferred' as const),
        index,
        deletes: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('cancel' as const), index }) },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('acceptSession' as const), session: fc.nat(3) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('releaseSession' as const), index }) },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('passTime' as const), ms: fc.nat(60) }),
    },
  ),
  // Without a size the lives would be a few steps long, too short for anything to go wrong twice.
  { maxLength: 120, size: 'max' },
);
