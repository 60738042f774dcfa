import {
  addDuration,
  isBefore,
  type Clock,
  type DurationMs,
  type EpochMs,
} from '../kernel/time.ts';

/** What a hub says of itself. */
export interface HubFacts {
  /** Creation time in ISO 8601: a re-created hub numbers its events from 0 again. */
  readonly incarnation: string;
  readonly partitionIds: readonly string[];
}

/** The facts of each hub, remembered for a short time and asked once however many callers wait. */
export interface HubDirectory {
  /** The facts, at most as old as the directory allows. */
  facts(hub: string): Promise<HubFacts>;
  /** The facts as of now; what was remembered is replaced. */
  refresh(hub: string): Promise<HubFacts>;
}

export interface HubDirectoryOptions {
  readonly ask: (hub: string) => Promise<HubFacts>;
  readonly clock: Clock;
  readonly maxAge: DurationMs;
}

interface Remembered {
  readonly until: EpochMs;
  readonly facts: Promise<HubFacts>;
}

export function createHubDirectory({ ask, clock, maxAge }: HubDirectoryOptions): HubDirectory {
  const remembered = new Map<string, Remembered>();
  const refresh = (hub: string): Promise<HubFacts> => {
    const entry = { until: addDuration(clock.now(), maxAge), facts: ask(hub) };
    remembered.set(hub, entry);
    // A failed question is forgotten, so that the next caller asks again.
    entry.facts.catch(() => {
      if (remembered.get(hub) === entry) remembered.delete(hub);
    });
    return entry.facts;
  };
  const facts = (hub: string): Promise<HubFacts> => {
    const entry = remembered.get(hub);
    return entry !== undefined && isBefore(clock.now(), entry.until) ? entry.facts : refresh(hub);
  };
  return { facts, refresh };
}
