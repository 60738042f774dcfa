import { lakeUnavailable } from '../../../shared/bronze/delta/delta-errors.ts';
import type { ObjectStore } from '../../../shared/bronze/object-store.ts';

/**
 * What happens to one request. `after`: it takes effect, but the answer is lost. `sleeps`: its
 * process is held up while a lot happens elsewhere, and then goes on as if nothing had been.
 */
export type Fate =
  | 'served'
  | 'sleeps'
  | 'fails-before'
  | 'fails-after'
  | 'arrives-late'
  | 'crashes-before'
  | 'crashes-after';

export interface FaultyObjectStore extends ObjectStore {
  /** Resolves when the process behind this store has crashed; no request of it is answered then. */
  readonly crashed: Promise<'crashed'>;
}

export interface Faults {
  /** Decides the fate of the next request. */
  readonly next: (request: string) => Fate;
  /** Waits for its turn among everything that happens. */
  readonly turn: (label: string) => Promise<void>;
}

/** Turns of others that a sleeper misses. */
const sleepTurns = 60;

/** One process's way to a store: every request waits for its turn, and may meet a fault. */
export function createFaultyObjectStore(store: ObjectStore, faults: Faults): FaultyObjectStore {
  const crash = Promise.withResolvers<'crashed'>();
  const state = { isCrashed: false };
  const send = <Answer>(request: string, effect: () => Promise<Answer>): Promise<Answer> => {
    const fate = faults.next(request);
    return new Promise((resolve, reject) => {
      const run = async (): Promise<void> => {
        if (!state.isCrashed) await pass(fate, request, faults);
        const answer = state.isCrashed ? undefined : await meet(fate, effect);
        if (fate.startsWith('crashes')) {
          state.isCrashed = true;
          crash.resolve('crashed');
        }
        await faults.turn(`${request}: answered`);
        // What a crashed process asked for is never answered.
        if (!state.isCrashed && answer !== undefined) resolve(answer);
      };
      run().catch((error: unknown) => {
        if (!state.isCrashed) reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
  };
  /** Makes the request happen, or not, and answers what its sender gets to see. */
  const meet = async <Answer>(
    fate: Fate,
    effect: () => Promise<Answer>,
  ): Promise<Answer | undefined> => {
    if (fate === 'crashes-before') return undefined;
    if (fate === 'arrives-late') void faults.turn('arrives late').then(effect);
    const isServed = !['fails-before', 'arrives-late'].includes(fate);
    const answer = isServed ? await effect() : undefined;
    if (fate.startsWith('fails') || fate === 'arrives-late') {
      throw lakeUnavailable('injected fault', {});
    }
    return answer;
  };
  return {
    crashed: crash.promise,
    putIfAbsent: (name, bytes) => send(`create ${name}`, () => store.putIfAbsent(name, bytes)),
    put: (name, bytes) => send(`put ${name}`, () => store.put(name, bytes)),
    get: (name) => send(`get ${name}`, () => store.get(name)),
    list: (prefix) => send(`list ${prefix}`, () => store.list(prefix)),
    listFolders: (prefix) => send(`folders ${prefix}`, () => store.listFolders(prefix)),
    delete: (name) =>
      send(`delete ${name}`, async () => {
        await store.delete(name);
        return null;
      }).then(() => undefined),
  };
}

async function pass(fate: Fate, request: string, { turn }: Faults): Promise<void> {
  for (let turns = fate === 'sleeps' ? sleepTurns : 1; turns > 0; turns -= 1) {
    await turn(`${request}: ${fate}`);
  }
}
