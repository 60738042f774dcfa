import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admitReader,
  maxSharedReaders,
  type AdmittedReader,
} from '../../../../../local/broker/eventhubs/reader-admission.ts';

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ epoch: fc.option(fc.nat(3), { nil: undefined }) }) },
  { weight: 1, arbitrary: fc.record({ leaves: fc.nat() }) },
);

describe('The readers of a partition', () => {
  it('are one owner, or at most five that share it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let present: readonly AdmittedReader[] = [];
        for (const each of steps) {
          if ('leaves' in each) present = present.toSpliced(each.leaves % 6, 1);
          else present = enter(present, each.epoch);
          const owners = present.filter((reader) => reader.epoch !== undefined);
          expect(owners.length === 0 || present.length === 1).toBe(true);
          expect(present.length).toBeLessThanOrEqual(maxSharedReaders);
        }
      }),
    );
  });
});

/** An owner only ever yields to an equal or higher level. */
function enter(
  present: readonly AdmittedReader[],
  epoch: number | undefined,
): readonly AdmittedReader[] {
  const owner = present.find((reader) => reader.epoch !== undefined);
  const admission = admitReader(present, epoch);
  if (owner?.epoch !== undefined) {
    expect(admission.ok).toBe(epoch !== undefined && epoch >= owner.epoch);
  }
  if (!admission.ok) return present;
  const { stolen } = admission.value;
  return [...present.filter((reader) => !stolen.includes(reader)), { epoch }];
}
