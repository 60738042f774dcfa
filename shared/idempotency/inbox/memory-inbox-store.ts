import { addDuration, isBefore, type Clock, type DurationMs } from '../../kernel/time.ts';
import type { InboxKey } from '../../ports/inbox.ts';
import type { InboxRow } from './inbox-row.ts';
import type { InboxStore } from './inbox-store.ts';

interface Remembered {
  readonly consumer: string;
  readonly row: InboxRow;
  readonly etag: string;
}

/**
 * A deduplication window in the memory of this process: fast, lost on restart and blind to other
 * instances. For consumers of which one instance runs and whose effect survives a rare repeat.
 * A row is forgotten `window` after its last change. Source: SPEC S0-43, S1-23.
 */
export function createMemoryInboxStore(options: {
  readonly clock: Clock;
  readonly window: DurationMs;
}): InboxStore {
  const rows = new Map<string, Remembered>();
  let changes = 0;
  const put = (key: InboxKey, row: InboxRow): string => {
    const etag = String(++changes);
    const id = identity(key);
    // Re-inserting keeps the map in order of last change, so that eviction stops early.
    rows.delete(id);
    rows.set(id, { consumer: key.consumer, row, etag });
    return etag;
  };
  const evict = (): void => {
    const now = options.clock.now();
    for (const [id, { row }] of rows) {
      if (isBefore(now, addDuration(row.changedAt, options.window))) return;
      rows.delete(id);
    }
  };
  return {
    read: (key) => {
      evict();
      return Promise.resolve(rows.get(identity(key)));
    },
    insert: (key, row) => {
      evict();
      return Promise.resolve(rows.has(identity(key)) ? undefined : put(key, row));
    },
    replace: (key, row, etag) =>
      Promise.resolve(rows.get(identity(key))?.etag === etag ? put(key, row) : undefined),
    forget: (consumer, before) => {
      const old = [...rows].filter(
        ([, { consumer: owner, row }]) =>
          owner === consumer && row.state === 'done' && isBefore(row.changedAt, before),
      );
      for (const [id] of old) rows.delete(id);
      return Promise.resolve(old.length);
    },
  };
}

function identity({ consumer, source, id }: InboxKey): string {
  return JSON.stringify([consumer, source, id]);
}
