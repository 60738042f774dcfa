import { AppError } from '../../kernel/app-error.ts';
import { epochMs, type Clock } from '../../kernel/time.ts';
import type { Inbox, InboxEntry, InboxKey, InboxLease } from '../../ports/inbox.ts';
import type { InboxRow } from './inbox-row.ts';
import type { InboxStore } from './inbox-store.ts';

/**
 * Optimistic locking: one row per entity holds the version that was applied last, and an event
 * carries the version that it makes. An event at or below that version is a duplicate; of two
 * handlers of one version the second to complete is refused and finds a duplicate when it comes
 * again. There is no lease, so handlers that fail leave nothing behind.
 * Events that arrive out of order are skipped when a later version has been applied.
 * Source: SPEC S1-18, S1-21.
 */
export function createOptimisticInbox(options: {
  readonly store: InboxStore;
  readonly clock: Clock;
}): Inbox {
  const { store, clock } = options;
  return {
    enter: async (key, payloadHash) => {
      const standing = await store.read(entityKey(key));
      const version = versionOf(key);
      if (standing !== undefined && version <= standing.row.fencingNumber) {
        return alreadyApplied(standing.row, version, payloadHash);
      }
      return {
        kind: 'acquired',
        lease: { key, fencingNumber: version, payloadHash, etag: standing?.etag ?? '' },
      };
    },
    complete: async (lease, result) => {
      const row = applied(lease, result, clock);
      const key = entityKey(lease.key);
      const etag = await (lease.etag === ''
        ? store.insert(key, row)
        : store.replace(key, row, lease.etag));
      if (etag === undefined) throw versionConflict(lease);
    },
    release: () => Promise.resolve(),
  };
}

function alreadyApplied(row: InboxRow, version: number, payloadHash: string): InboxEntry {
  if (version < row.fencingNumber) return { kind: 'done', result: '' };
  return row.payloadHash === payloadHash
    ? { kind: 'done', result: row.result }
    : { kind: 'payload-mismatch' };
}

function applied(lease: InboxLease, result: string, clock: Clock): InboxRow {
  return {
    state: 'done',
    fencingNumber: lease.fencingNumber,
    leaseUntil: epochMs(0),
    payloadHash: lease.payloadHash,
    result,
    changedAt: clock.now(),
  };
}

function entityKey(key: InboxKey): InboxKey {
  return { consumer: key.consumer, source: key.source, id: `entity:${requireEntity(key).id}` };
}

function versionOf(key: InboxKey): number {
  return requireEntity(key).version;
}

function requireEntity(key: InboxKey): { readonly id: string; readonly version: number } {
  if (key.entity !== undefined) return key.entity;
  throw new AppError(
    'message.refused',
    `${key.consumer} uses optimistic locking, but the event names no entity and version ` +
      '(extension sequence).',
    { kind: 'permanent', details: { consumer: key.consumer, eventId: key.id } },
  );
}

function versionConflict(lease: InboxLease): AppError {
  return new AppError('inbox.lease_lost', 'Another handler has applied a version of this entity.', {
    kind: 'transient',
    details: { consumer: lease.key.consumer, version: lease.fencingNumber },
  });
}
