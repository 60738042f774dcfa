import { setTimeout as sleep } from 'node:timers/promises';
import { openDeltaTables } from '../../shared/bronze/index.ts';
import { createDeltaHandledEvents } from '../../shared/bronze/handled-events.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import { decideEntry } from '../../shared/idempotency/inbox/inbox-row.ts';
import type { InboxStore } from '../../shared/idempotency/inbox/inbox-store.ts';
import { createLeasedInbox } from '../../shared/idempotency/inbox/leased-inbox.ts';
import { createLookupInbox } from '../../shared/idempotency/inbox/lookup-inbox.ts';
import { createMemoryInboxStore } from '../../shared/idempotency/inbox/memory-inbox-store.ts';
import { createNaturalInbox } from '../../shared/idempotency/inbox/natural-inbox.ts';
import { createOptimisticInbox } from '../../shared/idempotency/inbox/optimistic-inbox.ts';
import { createTableInboxStore } from '../../shared/idempotency/inbox/table-inbox-store.ts';
import { assertNever } from '../../shared/kernel/assert-never.ts';
import { epochMs, type Clock, type DurationMs } from '../../shared/kernel/time.ts';
import type { HandledEvents, Inbox, InboxKey } from '../../shared/ports/inbox.ts';
import type { Foundation } from './foundation.ts';
import { openLake } from './lake.ts';

/** An inbox, and the rows behind it that a timer cleans up. */
export interface OpenInbox {
  readonly inbox: Inbox;
  readonly store: InboxStore;
  /** What the inbox would say of a replay, with reads alone. */
  readonly preview: InboxPreview;
}

type InboxPreview = (
  key: InboxKey,
  payloadHash: string,
) => Promise<'new' | 'done' | 'payload-mismatch'>;

/** Opens the inbox that `idempotency_strategy` names. */
export async function openInbox(foundation: Foundation): Promise<OpenInbox> {
  const { config, clock, state } = foundation;
  const { strategy, claimLifetime: window, inboxLease: lease } = config.idempotency;
  const wait = (duration: DurationMs): Promise<void> => sleep(duration);
  const store =
    strategy === 'memory'
      ? createMemoryInboxStore({ clock, window })
      : createTableInboxStore(await state.table(stateTables.inbox));
  const leased = createLeasedInbox({ store, clock, wait, lease });
  const preview: InboxPreview = async (key, payloadHash) => {
    const row = (await store.read(key))?.row;
    const arrival = { payloadHash, isReplay: true, now: clock.now(), lease };
    return previewed[decideEntry(row, arrival).action];
  };
  switch (strategy) {
    case 'table':
    case 'memory':
      return { store, inbox: leased, preview };
    case 'delta-lookup': {
      const history = await openHistory(foundation);
      const inbox = createLookupInbox({ inbox: leased, history, clock, window });
      return { store, inbox, preview: previewLookup({ preview, history, clock, window }) };
    }
    case 'optimistic':
      return withoutLease(store, createOptimisticInbox({ store, clock }));
    case 'natural':
      return withoutLease(store, createNaturalInbox());
    default:
      return assertNever(strategy);
  }
}

const previewed = {
  take: 'new',
  wait: 'new',
  repeat: 'done',
  refuse: 'payload-mismatch',
} as const;

/** Who enters an inbox without leases has changed nothing yet. */
function withoutLease(store: InboxStore, inbox: Inbox): OpenInbox {
  return {
    ...{ store, inbox },
    preview: async (key, payloadHash) => {
      const { kind } = await inbox.enter(key, payloadHash);
      return kind === 'acquired' ? 'new' : kind;
    },
  };
}

interface Lookup {
  readonly preview: InboxPreview;
  readonly history: HandledEvents;
  readonly clock: Clock;
  readonly window: DurationMs;
}

function previewLookup({ preview, history, clock, window }: Lookup): InboxPreview {
  return async (key, payloadHash) => {
    const known = await preview(key, payloadHash);
    if (known !== 'new') return known;
    const handled = await history.find(key, epochMs(clock.now() - window));
    if (handled === undefined) return 'new';
    return handled.payloadHash === payloadHash ? 'done' : 'payload-mismatch';
  };
}

async function openHistory({ config, clock, newId, log }: Foundation): Promise<HandledEvents> {
  const lake = await openLake(config, newId);
  await lake.probe();
  const tables = openDeltaTables({ store: lake.store, clock, newId, log });
  return createDeltaHandledEvents({ tables, store: lake.store, instanceId: newId() });
}
