import { epochMs, type EpochMs } from '../kernel/time.ts';
import type { Settling } from '../ports/dead-letter-desk.ts';
import type { Resolution } from '../ports/dead-letters.ts';
import { openResolution, type StoredResolution } from './letter-row-codec.ts';

/**
 * What a letter becomes, or undefined when that cannot follow what it is. Only what is open can be
 * settled; only what was discarded, and still has its payload, is opened again. A purge settles
 * what is open, because it cannot be replayed any more, and leaves every other decision as it is.
 */
export function settleResolution(
  current: StoredResolution,
  settling: Settling,
  at: EpochMs,
): StoredResolution | undefined {
  const next = rules[settling.action](current, settling, at);
  return next && { ...next, number: current.number + 1 };
}

type Rule = (
  current: StoredResolution,
  reason: Pick<Settling, 'by' | 'why'>,
  at: EpochMs,
) => StoredResolution | undefined;

const rules: Readonly<Record<Settling['action'], Rule>> = {
  discard: (current, reason, at) => close(current, { ...reason, state: 'discarded' }, at),
  replay: (current, reason, at) => close(current, { ...reason, state: 'replayed' }, at),
  restore: ({ state, payloadPurgedAt }) =>
    state === 'discarded' && payloadPurgedAt === null ? openResolution : undefined,
  purge: (current, reason, at) =>
    current.payloadPurgedAt === null ? purge(current, reason, at) : undefined,
};

function close(
  current: StoredResolution,
  ending: Pick<StoredResolution, 'state' | 'by' | 'why'>,
  at: EpochMs,
): StoredResolution | undefined {
  const { state, by, why } = ending;
  return current.state === 'open' ? { ...current, state, by, why, at } : undefined;
}

function purge(
  current: StoredResolution,
  { by, why }: Pick<Settling, 'by' | 'why'>,
  at: EpochMs,
): StoredResolution {
  if (current.state !== 'open') return { ...current, payloadPurgedAt: at };
  return { ...current, state: 'purged', at, by, why, payloadPurgedAt: at };
}

export function toResolution({ state, at, by, why }: StoredResolution): Resolution {
  return { state, at: at === null ? undefined : epochMs(at), by, why };
}
