import { AppError } from '../../kernel/app-error.ts';
import { durationMs, type Clock, type DurationMs, type Wait } from '../../kernel/time.ts';
import type { Inbox, InboxEntry, InboxKey, InboxLease } from '../../ports/inbox.ts';
import { decideEntry, type InboxRow } from './inbox-row.ts';
import type { InboxStore, StoredInboxRow } from './inbox-store.ts';

/** Longest stored reply in UTF-16 units: a Table Storage property holds 64 KiB. */
const maxResultLength = 32_000;

/** How often a copy looks whether the live lease that it met has been settled early. */
const pollInterval = durationMs(250);

export interface LeasedInboxOptions {
  readonly store: InboxStore;
  readonly clock: Clock;
  readonly wait: Wait;
  /** How long a handler may run; at most a third of the message lock. */
  readonly lease: DurationMs;
}

/** The inbox over any store with compare-and-set. */
export function createLeasedInbox(options: LeasedInboxOptions): Inbox {
  return {
    enter: (key, payloadHash, { isReplay = false } = {}) =>
      enter(options, key, { payloadHash, isReplay }),
    complete: async (lease, result) => {
      if (result.length > maxResultLength) throw resultTooLong(lease.key, result.length);
      await settle(options, lease, { state: 'done', result });
    },
    release: (lease) => settle(options, lease, { state: 'free', result: '' }),
  };
}

async function enter(
  options: LeasedInboxOptions,
  key: InboxKey,
  delivered: { readonly payloadHash: string; readonly isReplay: boolean },
): Promise<InboxEntry> {
  for (;;) {
    const standing = await options.store.read(key);
    const now = options.clock.now();
    const decision = decideEntry(standing?.row, { ...delivered, now, lease: options.lease });
    switch (decision.action) {
      case 'repeat':
        return { kind: 'done', result: decision.result };
      case 'refuse':
        return { kind: 'payload-mismatch' };
      case 'wait':
        await options.wait(durationMs(Math.min(decision.until - now, pollInterval)));
        break;
      case 'take': {
        const entry = await seize(options.store, key, { standing, row: decision.row });
        if (entry !== undefined) return entry;
      }
    }
  }
}

/** Writes the new lease; undefined when another delivery was faster. */
async function seize(
  store: InboxStore,
  key: InboxKey,
  { standing, row }: { readonly standing: StoredInboxRow | undefined; readonly row: InboxRow },
): Promise<InboxEntry | undefined> {
  const etag = await (standing === undefined
    ? store.insert(key, row)
    : store.replace(key, row, standing.etag));
  if (etag === undefined) return undefined;
  const { fencingNumber, payloadHash } = row;
  return { kind: 'acquired', lease: { key, fencingNumber, payloadHash, etag } };
}

async function settle(
  { store, clock }: LeasedInboxOptions,
  lease: InboxLease,
  outcome: Pick<InboxRow, 'state' | 'result'>,
): Promise<void> {
  const standing = await store.read(lease.key);
  if (standing?.row.fencingNumber !== lease.fencingNumber) throw leaseLost(lease);
  // A settlement whose answer was lost finds its own outcome.
  if (standing.row.state === outcome.state && standing.row.result === outcome.result) return;
  const row: InboxRow = { ...standing.row, ...outcome, changedAt: clock.now() };
  if ((await store.replace(lease.key, row, lease.etag)) === undefined) throw leaseLost(lease);
}

function leaseLost({ key, fencingNumber }: InboxLease): AppError {
  return new AppError(
    'inbox.lease_lost',
    `The handler of ${key.consumer} outlived its lease and another delivery has taken over. ` +
      'Make the handler faster or raise inbox_lease_seconds (at most a third of the lock).',
    { kind: 'transient', details: { consumer: key.consumer, eventId: key.id, fencingNumber } },
  );
}

function resultTooLong(key: InboxKey, length: number): AppError {
  return new AppError(
    'bug',
    `The reply of ${key.consumer} is ${length} characters, an inbox stores ${maxResultLength}. ` +
      'Store the reply elsewhere and return a reference.',
    { kind: 'permanent', details: { consumer: key.consumer, eventId: key.id, length } },
  );
}
