/**
 * Blobs for payloads that are too large for a row or a message.
 * Errors: `storage.unavailable` (transient).
 */
export interface PayloadStore {
  /** Stores bytes under a name (repeating a put is harmless) and returns the blob's reference. */
  put(name: string, bytes: Uint8Array): Promise<string>;
  get(reference: string): Promise<Uint8Array>;
}
