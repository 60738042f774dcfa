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
  reason: Pick<Settling, 'by' | 'why' | 'replay'>,
  at: EpochMs,
) => StoredResolution | undefined;

const rules: Readonly<Record<Settling['action'], Rule>> = {
  // What may have been sent must not be called discarded.
  discard: (current, reason, at) =>
    current.staged === undefined
      ? close(current, { ...reason, state: 'discarded' }, at)
      : undefined,
  replay: (current, { by, why, replay }, at) => {
    const closed = close(current, { by, why, state: 'replayed' }, at);
    if (closed === undefined || replay === undefined) return closed;
    return { ...closed, replay: { id: replay.id, target: replay.target } };
  },
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
  if (current.state !== 'open') return undefined;
  return { ...current, state, by, why, at, staged: undefined };
}

function purge(
  current: StoredResolution,
  { by, why }: Pick<Settling, 'by' | 'why'>,
  at: EpochMs,
): StoredResolution {
  if (current.state !== 'open') return { ...current, payloadPurgedAt: at };
  const purged = { ...current, state: 'purged', at, by, why, payloadPurgedAt: at } as const;
  return { ...purged, staged: undefined };
}

export function toResolution({ state, at, by, why, replay }: StoredResolution): Resolution {
  const instant = at === null ? undefined : epochMs(at);
  return { state, at: instant, by, why, ...(replay !== undefined && { replay }) };
}
