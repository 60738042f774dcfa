import { describe, expect, it } from 'vitest';
import type { Commit } from '../../../../../shared/bronze/delta/actions.ts';
import type { CheckpointGroup } from '../../../../../shared/bronze/delta/codec/checkpoint-layout.ts';
import { planReuse } from '../../../../../shared/bronze/delta/plan-checkpoint.ts';
import { epochMs } from '../../../../../shared/kernel/time.ts';

const limits = { fullRows: 10, expiredBefore: epochMs(1_000) };
const groups: readonly CheckpointGroup[] = [
  { kind: 'state', rows: 50 },
  { kind: 'remove', rows: 10, removedUntil: 900 },
  { kind: 'remove', rows: 10, removedUntil: 2_000 },
  { kind: 'remove', rows: 3, removedUntil: 2_000 },
  { kind: 'add', rows: 10 },
  { kind: 'add', rows: 9 },
];

const file = { partitionValues: {}, size: 1, modificationTime: 1, dataChange: true };
const commit = (adds: readonly string[], removes: readonly string[] = []): Commit => ({
  txns: [],
  adds: adds.map((path) => ({ ...file, path })),
  removes: removes.map((path) => ({ path, dataChange: true })),
});

describe('the row groups of the last checkpoint', () => {
  it('stay as they are when they are full and nothing in them has changed', () => {
    const reuse = planReuse(groups, [commit(['a']), commit(['b'], ['a'])], limits);
    expect(reuse).toEqual({ opened: [1, 3, 5], removes: [2], adds: [4] });
  });

  it('of live files are all opened when one of their files may have been removed', () => {
    const reuse = planReuse(groups, [commit(['b'], ['from-before'])], limits);
    expect(reuse).toEqual({ opened: [1, 3, 4, 5], removes: [2], adds: [] });
  });

  it('are opened, and so dropped, when all their removes have expired', () => {
    expect(planReuse(groups, [], limits).opened).toContain(1);
  });
});
