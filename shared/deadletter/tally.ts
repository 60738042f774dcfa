import { epochMs, type EpochMs } from '../kernel/time.ts';
import type { HourFlow, LetterState, Tally } from '../ports/dead-letter-desk.ts';
import type { ListedLetter } from '../ports/dead-letter-desk.ts';

const hourMs = 3_600_000;
const stepMs = 300_000;
/** How far back flows are kept: a timer that was down no longer than this catches up. */
export const keptHours = 8 * 24;
const keptSteps = 14;

export function hourOf(instant: EpochMs): number {
  return Math.floor(instant / hourMs);
}

export function stepOf(instant: EpochMs): number {
  return Math.floor(instant / stepMs);
}

/** What tells one tally from another. */
export function tallyKind(
  letter: Pick<ListedLetter, 'origin' | 'failureGroup' | 'category'>,
): readonly [string, string, string] {
  return [letter.origin, letter.failureGroup, letter.category];
}

/** The tally of letters that have just come in; all of one kind, never none. */
export function tallyArrivals(
  letters: readonly [Omit<ListedLetter, 'state'>, ...Omit<ListedLetter, 'state'>[]],
  now: EpochMs,
): Tally {
  const [{ origin, type, code, category, failureGroup }] = letters;
  const instants = letters.map(({ deadLetteredAt }) => deadLetteredAt);
  const arrived = letters.length;
  return {
    ...{ origin, type, code, category, failureGroup },
    counts: { open: arrived, replayed: 0, discarded: 0, purged: 0 },
    firstAt: epochMs(Math.min(...instants)),
    lastAt: epochMs(Math.max(...instants)),
    hours: [{ hour: hourOf(now), arrived, settled: 0, reopened: 0 }],
    steps: [[stepOf(now), arrived]],
  };
}

/** Moves one letter of the tally from state to state. */
export function tallyMove(
  tally: Tally,
  { from, to }: { readonly from: LetterState; readonly to: LetterState },
  now: EpochMs,
): Tally {
  const counts = { ...tally.counts };
  counts[from] -= 1;
  counts[to] += 1;
  const flow = {
    hour: hourOf(now),
    arrived: 0,
    settled: from === 'open' && to !== 'open' ? 1 : 0,
    reopened: from !== 'open' && to === 'open' ? 1 : 0,
  };
  return { ...tally, counts, hours: addHours(tally.hours, [flow]) };
}

/** Two tallies of one kind as one. */
export function addTallies(left: Tally, right: Tally): Tally {
  return {
    ...left,
    counts: {
      open: left.counts.open + right.counts.open,
      replayed: left.counts.replayed + right.counts.replayed,
      discarded: left.counts.discarded + right.counts.discarded,
      purged: left.counts.purged + right.counts.purged,
    },
    firstAt: epochMs(Math.min(left.firstAt, right.firstAt)),
    lastAt: epochMs(Math.max(left.lastAt, right.lastAt)),
    hours: addHours(left.hours, right.hours),
    steps: addSteps(left.steps, right.steps),
  };
}

/** Flows by hour as one list, without what is too old to be asked for. */
function addHours(left: readonly HourFlow[], right: readonly HourFlow[]): readonly HourFlow[] {
  const flows = new Map<number, HourFlow>();
  for (const flow of [...left, ...right]) {
    const other = flows.get(flow.hour) ?? { arrived: 0, settled: 0, reopened: 0 };
    flows.set(flow.hour, {
      hour: flow.hour,
      arrived: flow.arrived + other.arrived,
      settled: flow.settled + other.settled,
      reopened: flow.reopened + other.reopened,
    });
  }
  const sorted = [...flows.values()].toSorted((one, other) => one.hour - other.hour);
  const newest = sorted.at(-1)?.hour ?? 0;
  return sorted.filter(({ hour }) => hour > newest - keptHours);
}

function addSteps(left: Tally['steps'], right: Tally['steps']): Tally['steps'] {
  const steps = new Map<number, number>();
  for (const [step, arrived] of [...left, ...right]) {
    steps.set(step, arrived + (steps.get(step) ?? 0));
  }
  const sorted = [...steps].toSorted(([one], [other]) => one - other);
  const newest = sorted.at(-1)?.[0] ?? 0;
  return sorted.filter(([step]) => step > newest - keptSteps);
}
