import type { ParticipantStore, RecordKey, StoredRecord } from '../../shared/ports/participants.ts';

/** Records in memory, under the same optimistic locking as those in a table. */
export function createMemoryParticipantStore(): ParticipantStore {
  const rows = new Map<string, { readonly key: RecordKey; readonly stored: StoredRecord }>();
  const rowOf = ({ participant, sagaId }: RecordKey): string => `${participant} ${sagaId}`;
  let version = 0;
  return {
    read: (key) => Promise.resolve(rows.get(rowOf(key))?.stored),
    write: (key, text, etag) => {
      if (rows.get(rowOf(key))?.stored.etag !== etag) return Promise.resolve('conflict');
      version += 1;
      rows.set(rowOf(key), { key, stored: { text, etag: `v${version}` } });
      return Promise.resolve('written');
    },
    all: async function* () {
      await Promise.resolve();
      for (const { key, stored } of rows.values()) yield { ...key, text: stored.text };
    },
  };
}
