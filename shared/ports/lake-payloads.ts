import type { EpochMs } from '../kernel/time.ts';
import type { ExpiredLetter } from './dead-letter-desk.ts';
import type { ErasureReport } from './delta.ts';

/**
 * The payloads that the analysis table of dead letters (`brz_event_dead_letter`) holds.
 * Errors: `lake.unavailable` (transient), `delta.corrupt_log`, `delta.unsupported_protocol`,
 * `delta.schema_mismatch` (permanent).
 */
export interface LakePayloads {
  /**
   * Takes the payloads of letters out of the newest version and out of the store. A letter that is
   * neither `erased` nor `unreadable` has no row yet.
   */
  erase(letters: readonly ExpiredLetter[]): Promise<Pick<ErasureReport, 'erased' | 'unreadable'>>;
  /**
   * Deletes every file with letters that died before the instant that is no part of the table any
   * more; returns how many.
   */
  sweep(before: EpochMs): Promise<number>;
}
