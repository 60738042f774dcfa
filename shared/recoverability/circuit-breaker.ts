import { failureOf } from './failure.ts';
import type { Clock, DurationMs, EpochMs } from '../kernel/time.ts';
import type {
  Circuit,
  CircuitBreaker,
  CircuitKey,
  CircuitReport,
  CircuitStore,
  Passage,
  StoredCircuit,
} from '../ports/circuits.ts';
import type { Log } from '../ports/log.ts';
import {
  beginProbe,
  cleanCircuit,
  countFailure,
  endProbe,
  isClean,
  passageOf,
  type CircuitSettings,
} from './circuit.ts';

export interface CircuitBreakerOptions {
  readonly store: CircuitStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: CircuitSettings;
  /** How old what is known of closed circuits may be. */
  readonly refresh: DurationMs;
}

/** What was read of a consumer's circuits. */
interface Known {
  readonly readAt: EpochMs;
  readonly circuits: Promise<ReadonlyMap<string, StoredCircuit>>;
}

/** How often others may be faster before a change is left to them. */
const maxTries = 8;

/**
 * Lets messages through while their circuit is closed, at the cost of one request for each consumer
 * and refresh. Whatever is not closed is read anew before a message is barred. When the store is
 * down everything passes: the breaker saves work, and is never a reason to lose some.
 */
export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const cache = new Map<string, Known>();
  const works: Works = { ...options, cache };
  return {
    enter: (key) => orPass(works, key, () => enter(works, key)),
  };
}

interface Works extends CircuitBreakerOptions {
  readonly cache: Map<string, Known>;
}

async function enter(works: Works, key: CircuitKey): Promise<Passage> {
  const cached = (await readCached(works, key.consumer)).get(key.type);
  if (cached === undefined || cached.circuit.state === 'closed') return free(works, key, cached);
  for (let tries = 0; tries < maxTries; tries += 1) {
    const passage = await enterAnew(works, key);
    if (passage !== undefined) return passage;
  }
  return barred;
}

/** Undefined when somebody else has changed the circuit meanwhile. */
async function enterAnew(works: Works, key: CircuitKey): Promise<Passage | undefined> {
  const stored = await works.store.read(key);
  if (stored === undefined) return free(works, key, undefined);
  const now = works.clock.now();
  switch (passageOf(stored.circuit, now)) {
    case 'free':
      return free(works, key, stored);
    case 'barred':
      return barred;
    case 'probe': {
      const etag = await works.store.write(key, beginProbe(now), stored.etag);
      return etag === undefined ? undefined : probe(works, key, etag);
    }
  }
}

const barred: Passage = { kind: 'barred', report: () => Promise.resolve() };

function free(works: Works, key: CircuitKey, known: StoredCircuit | undefined): Passage {
  return {
    kind: 'free',
    report: async (outcome) => {
      if (outcome === 'failed') await orLog(works, key, () => addFailure(works, key));
      // Only failures that are known of have to be forgotten.
      if (outcome === 'handled' && known !== undefined) {
        await orLog(works, key, () => forget(works, key, known.etag));
      }
    },
  };
}

function probe(works: Works, key: CircuitKey, etag: string): Passage {
  works.log.warn('Tries one message of an open circuit', { ...key });
  return {
    kind: 'probe',
    report: (outcome) => orLog(works, key, () => tell(works, { key, etag, outcome })),
  };
}

async function tell(
  works: Works,
  { key, etag, outcome }: { key: CircuitKey; etag: string; outcome: CircuitReport },
): Promise<void> {
  const { store, clock, settings, cache, log } = works;
  const next = endProbe(outcome, clock.now(), settings);
  cache.delete(key.consumer);
  // A probe that took too long has lost its circuit to another one, which tells instead.
  if (next.state === 'closed') await store.remove(key, etag);
  else await store.write(key, next, etag);
  log.warn('A circuit was probed', { ...key, outcome, state: next.state });
}

async function addFailure(works: Works, key: CircuitKey): Promise<void> {
  const { store, clock, settings, cache, log } = works;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const stored = await store.read(key);
    const former: Circuit = stored?.circuit ?? cleanCircuit;
    const next = countFailure(former, clock.now(), settings);
    if (next === former) return;
    if ((await store.write(key, next, stored?.etag)) === undefined) continue;
    cache.delete(key.consumer);
    if (next.state === 'open') log.error('A circuit has opened', { ...key });
    return;
  }
}

async function forget({ store, cache }: Works, key: CircuitKey, etag: string): Promise<void> {
  cache.delete(key.consumer);
  await store.remove(key, etag);
}

async function readCached(
  works: Works,
  consumer: string,
): Promise<ReadonlyMap<string, StoredCircuit>> {
  const { cache, clock, refresh } = works;
  const now = clock.now();
  const known = cache.get(consumer);
  if (known !== undefined && now - known.readAt < refresh) return await known.circuits;
  const circuits = readAll(works, consumer);
  cache.set(consumer, { readAt: now, circuits });
  try {
    return await circuits;
  } catch (error) {
    cache.delete(consumer);
    throw error;
  }
}

/** Circuits whose failures are long ago are taken away: producers choose types. */
async function readAll(
  { store, clock, settings }: Works,
  consumer: string,
): Promise<ReadonlyMap<string, StoredCircuit>> {
  const all = await store.list(consumer);
  const now = clock.now();
  const [kept, old] = [
    all.filter(({ circuit }) => !isClean(circuit, now, settings)),
    all.filter(({ circuit }) => isClean(circuit, now, settings)),
  ];
  await Promise.all(old.map(({ type, etag }) => store.remove({ consumer, type }, etag)));
  return new Map(kept.map((stored) => [stored.type, stored]));
}

async function orPass(
  works: Works,
  key: CircuitKey,
  work: () => Promise<Passage>,
): Promise<Passage> {
  try {
    return await work();
  } catch (error) {
    report(works, key, error);
    return free(works, key, undefined);
  }
}

async function orLog(works: Works, key: CircuitKey, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    report(works, key, error);
  }
}

function report({ log }: Works, key: CircuitKey, error: unknown): void {
  const { code, detail } = failureOf(error);
  log.warn('The state of a circuit is not known', { ...key, code, reason: detail });
}
