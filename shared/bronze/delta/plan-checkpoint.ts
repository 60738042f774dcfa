import type { EpochMs } from '../../kernel/time.ts';
import type { Commit } from './actions.ts';
import type { CheckpointGroup } from './codec/checkpoint-layout.ts';

/** What the next checkpoint does with the row groups of the last one, by index. */
export interface CheckpointReuse {
  /** Read, brought up to date with the commits since, and written anew. */
  readonly opened: readonly number[];
  /** Kept. */
  readonly removes: readonly number[];
  readonly adds: readonly number[];
}

/**
 * Decides which row groups stay as they are, so that the work for a checkpoint follows the commits
 * since the last one and not the size of the table. `tail` must be commits of ours, which never
 * bring a removed path back.
 */
export function planReuse(
  groups: readonly CheckpointGroup[],
  tail: readonly Commit[],
  limits: { readonly fullRows: number; readonly expiredBefore: EpochMs },
): CheckpointReuse {
  const isDisturbed = removesEarlierFiles(tail);
  const indexes = (isWanted: (group: CheckpointGroup) => boolean): readonly number[] =>
    groups.flatMap((group, index) => (isWanted(group) ? [index] : []));
  const isFull = ({ rows }: CheckpointGroup): boolean => rows >= limits.fullRows;
  const isExpired = ({ removedUntil = 0 }: CheckpointGroup): boolean =>
    removedUntil <= limits.expiredBefore;
  const isKept = (group: CheckpointGroup): boolean =>
    isFull(group) && (group.kind === 'add' ? !isDisturbed : !isExpired(group));
  return {
    opened: indexes((group) => group.kind !== 'state' && !isKept(group)),
    removes: indexes((group) => group.kind === 'remove' && isKept(group)),
    adds: indexes((group) => group.kind === 'add' && isKept(group)),
  };
}

function removesEarlierFiles(tail: readonly Commit[]): boolean {
  const added = new Set(tail.flatMap(({ adds }) => adds.map(({ path }) => path)));
  return tail.some(({ removes }) => removes.some(({ path }) => !added.has(path)));
}
