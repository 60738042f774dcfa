import type { EpochMs } from '../kernel/time.ts';

/** `at` of every answer is the store's own time, so that ages never mix two clocks. */
export interface StoreAnswer {
  readonly at: EpochMs;
}

export type FoundObject =
  | (StoreAnswer & {
      readonly found: true;
      readonly bytes: Uint8Array;
      /** When this content was written. */
      readonly modifiedAt: EpochMs;
    })
  | (StoreAnswer & { readonly found: false });

export interface ListedObject {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedAt: EpochMs;
  /** A store with real folders lists them among its objects. */
  readonly isFolder: boolean;
}

/**
 * Named objects that are written whole. A name is a path with `/` relative to the lake's root.
 * Every call may fail with an outcome that is unknown: the write may have happened, or still may.
 * Errors: `lake.unavailable` (transient), `storage.unexpected_answer` (permanent).
 */
export interface ObjectStore {
  /**
   * Writes the object unless the name is taken, as one indivisible step. `created: false` may also
   * mean that an earlier try of this very call succeeded and its answer was lost.
   */
  putIfAbsent(
    name: string,
    bytes: Uint8Array,
  ): Promise<StoreAnswer & { readonly created: boolean }>;
  /** Writes the object, whatever was there. */
  put(name: string, bytes: Uint8Array): Promise<StoreAnswer>;
  get(name: string): Promise<FoundObject>;
  /** All objects whose name begins with `prefix`, ascending by name. */
  list(prefix: string): Promise<StoreAnswer & { readonly objects: readonly ListedObject[] }>;
  /** Names directly below the folder `prefix` (which ends in `/`) that have something below them. */
  listFolders(prefix: string): Promise<readonly string[]>;
  /** Deletes the object; one that is not there counts as deleted. */
  delete(name: string): Promise<void>;
}
