import { setTimeout as sleep } from 'node:timers/promises';
import { openDeltaTables } from '../../shared/bronze/index.ts';
import { createDeltaHandledEvents } from '../../shared/bronze/handled-events.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import type { InboxStore } from '../../shared/idempotency/inbox/inbox-store.ts';
import { createLeasedInbox } from '../../shared/idempotency/inbox/leased-inbox.ts';
import { createLookupInbox } from '../../shared/idempotency/inbox/lookup-inbox.ts';
import { createMemoryInboxStore } from '../../shared/idempotency/inbox/memory-inbox-store.ts';
import { createNaturalInbox } from '../../shared/idempotency/inbox/natural-inbox.ts';
import { createOptimisticInbox } from '../../shared/idempotency/inbox/optimistic-inbox.ts';
import { createTableInboxStore } from '../../shared/idempotency/inbox/table-inbox-store.ts';
import { assertNever } from '../../shared/kernel/assert-never.ts';
import type { DurationMs } from '../../shared/kernel/time.ts';
import type { HandledEvents, Inbox } from '../../shared/ports/inbox.ts';
import type { Foundation } from './foundation.ts';
import { openLake } from './lake.ts';

/** An inbox, and the rows behind it that a timer cleans up. */
export interface OpenInbox {
  readonly inbox: Inbox;
  readonly store: InboxStore;
}

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
  switch (strategy) {
    case 'table':
    case 'memory':
      return { store, inbox: leased };
    case 'delta-lookup': {
      const history = await openHistory(foundation);
      return { store, inbox: createLookupInbox({ inbox: leased, history, clock, window }) };
    }
    case 'optimistic':
      return { store, inbox: createOptimisticInbox({ store, clock }) };
    case 'natural':
      return { store, inbox: createNaturalInbox() };
    default:
      return assertNever(strategy);
  }
}

async function openHistory({ config, clock, newId, log }: Foundation): Promise<HandledEvents> {
  const lake = await openLake(config, newId);
  await lake.probe();
  const tables = openDeltaTables({ store: lake.store, clock, newId, log });
  return createDeltaHandledEvents({ tables, store: lake.store, instanceId: newId() });
}
