import type { CircuitKey, CircuitStore, StoredCircuit } from '../../../shared/ports/circuits.ts';

export interface MemoryCircuitStore extends CircuitStore {
  /** How many requests were made. */
  readonly requests: () => number;
  /** From now on every request fails like this. */
  fail(error: unknown): void;
}

/** Circuits in memory; `pause` is awaited in each request, so that others get between. */
export function createMemoryCircuitStore(
  pause: () => Promise<void> = () => Promise.resolve(),
): MemoryCircuitStore {
  const circuits = new Map<string, StoredCircuit & CircuitKey>();
  let [writes, requests]: [number, number] = [0, 0];
  let failure: { readonly error: unknown } | undefined;
  const idOf = ({ consumer, type }: CircuitKey): string => JSON.stringify([consumer, type]);
  const ask = async (): Promise<void> => {
    requests += 1;
    await pause();
    if (failure !== undefined) throw failure.error;
  };
  return {
    requests: () => requests,
    fail: (error) => {
      failure = { error };
    },
    list: async (consumer) => {
      await ask();
      return [...circuits.values()]
        .filter((stored) => stored.consumer === consumer)
        .map(({ type, circuit, etag }) => ({ type, circuit, etag }));
    },
    read: async (key) => {
      await ask();
      const { type, circuit, etag } = circuits.get(idOf(key)) ?? {};
      return type === undefined || circuit === undefined || etag === undefined
        ? undefined
        : { type, circuit, etag };
    },
    write: async (key, circuit, etag) => {
      await ask();
      if (circuits.get(idOf(key))?.etag !== etag) return undefined;
      writes += 1;
      circuits.set(idOf(key), { ...key, circuit, etag: String(writes) });
      return String(writes);
    },
    remove: async (key, etag) => {
      await ask();
      return circuits.get(idOf(key))?.etag === etag && circuits.delete(idOf(key));
    },
  };
}
