import type { EpochMs } from '../kernel/time.ts';

/**
 * What a consumer does with messages of one event type: handle them (`closed`), give them up at once
 * (`open`), or give them up until one that is tried tells more (`probing`).
 */
export type Circuit =
  /** With the instants of the failures since the last success, oldest first. */
  | { readonly state: 'closed'; readonly failedAt: readonly EpochMs[] }
  | { readonly state: 'open'; readonly probeAt: EpochMs }
  /** A probe that has not told by then is taken for lost. */
  | { readonly state: 'probing'; readonly until: EpochMs };

/** Whose circuit it is. A producer chooses the type: it may be any text. */
export interface CircuitKey {
  readonly consumer: string;
  readonly type: string;
}

export interface StoredCircuit {
  readonly type: string;
  readonly circuit: Circuit;
  /** Changes with every write. */
  readonly etag: string;
}

/**
 * The circuits that are not closed or have failures; one that is missing is closed without any.
 * Errors: `storage.unavailable` (transient).
 */
export interface CircuitStore {
  list(consumer: string): Promise<readonly StoredCircuit[]>;
  read(key: CircuitKey): Promise<StoredCircuit | undefined>;
  /**
   * Its new etag; undefined when it is no longer the one of `etag`, or there is one already although
   * `etag` is undefined.
   */
  write(key: CircuitKey, circuit: Circuit, etag: string | undefined): Promise<string | undefined>;
  /** Whether it was still the one of `etag`, and is gone now. */
  remove(key: CircuitKey, etag: string): Promise<boolean>;
}

/** How a message ended that was let through. */
export type CircuitReport =
  | 'handled'
  /** For good, and neither its content nor a dependency is to blame. */
  | 'failed'
  /** It tells nothing about others of its type. */
  | 'inconclusive';

/** Whether a message may be handled. */
export interface Passage {
  /** `barred`: it is to be given up at once; `probe`: it alone is let through. */
  readonly kind: 'free' | 'probe' | 'barred';
  /** To be called once, unless it is barred or tried again later. */
  report(outcome: CircuitReport): Promise<void>;
}

/** Keeps messages of a type that fails again and again from taking the consumer's time. Never throws. */
export interface CircuitBreaker {
  enter(key: CircuitKey): Promise<Passage>;
}
