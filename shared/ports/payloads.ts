/**
 * Blobs for payloads that are too large for a row or a message.
 * Errors: `storage.unavailable` (transient).
 */
export interface PayloadStore {
  /** Stores bytes under a name (repeating a put is harmless) and returns the blob's reference. */
  put(name: string, bytes: Uint8Array): Promise<string>;
  get(reference: string): Promise<Uint8Array>;
}

/**
 * Takes blobs away for good.
 * Errors: `storage.unavailable` (transient), `storage.unexpected_answer` (permanent) for a reference
 * that is none of ours.
 */
export interface PayloadRemoval {
  /** A blob that is gone already is fine. */
  remove(reference: string): Promise<void>;
}
