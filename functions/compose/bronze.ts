import { openDeltaTables, type OpenDeltaTables } from '../../shared/bronze/index.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import { createTableDeadLetterIntake } from '../../shared/deadletter/table-dead-letters.ts';
import type { TableClaimStore } from '../../shared/idempotency/table-claim-store.ts';
import { createBronzeIngest, type BronzeIngest } from '../../shared/ingest/bronze-ingest.ts';
import type { IngestPorts } from '../../shared/ingest/ingest-ports.ts';
import { deadLetterTable } from '../../shared/ingest/dead-letter-rows.ts';
import { durationMs, epochMs } from '../../shared/kernel/time.ts';
import { createTableLedger } from '../../shared/ledger/table-ledger.ts';
import { createDeadLetterReader } from '../../shared/messaging/dead-letters/dead-letter-reader.ts';
import { createDeadLetterUnwrapper } from '../../shared/messaging/dead-letters/dead-letter-unwrapper.ts';
import { createHubReader } from '../../shared/messaging/hub-reader.ts';
import { createRelayUnwrapper } from '../../shared/messaging/relay-unwrapper.ts';
import type { ClaimStore } from '../../shared/ports/claims.ts';
import type { EventReader } from '../../shared/ports/events.ts';
import type { LakePayloads } from '../../shared/ports/lake-payloads.ts';
import type { Ledger } from '../../shared/ports/ledger.ts';
import { entities, relayOrigin } from '../entities.ts';
import type { HubDelivery } from '../host-shapes.ts';
import { openClaims } from './claims.ts';
import type { Foundation } from './foundation.ts';
import { openLake } from './lake.ts';
import { composeLakePayloads } from './lake-payloads.ts';
import { createTableUpkeep } from './table-upkeep.ts';

/** What the functions around Bronze do. Each throws when something that it needs is down. */
export interface BronzeDuty {
  /** Opens what the first delivery would otherwise wait for. Errors: `broker.unavailable`. */
  readonly connect: () => Promise<void>;
  /** Lands a delivery of a hub; never throws for content. */
  readonly consume: (hub: string, delivery: HubDelivery) => Promise<void>;
  readonly settleIdle: () => Promise<void>;
  readonly maintain: () => Promise<void>;
  readonly cleanClaims: () => Promise<void>;
  readonly lakePayloads: LakePayloads;
}

/** How long reading a hole again may take; an invocation has minutes. */
const rereadTimeout = durationMs(60_000);

/** Everything behind the duty, built once. */
interface Works {
  readonly events: BronzeIngest;
  /** The same code, over what died elsewhere. */
  readonly deadLetters: BronzeIngest;
  readonly tables: OpenDeltaTables;
  readonly claims: readonly TableClaimStore[];
  readonly ledger: Ledger;
}

/**
 * Builds the way into Bronze, after the lake has proved that it can be written to safely.
 * Errors: `lake.unsafe_target`, `catalogue.invalid` (permanent), and those of storage (transient).
 */
export async function composeBronze(foundation: Foundation): Promise<BronzeDuty> {
  const works = await build(foundation);
  const { clock, log } = foundation;
  return {
    connect: () => connect(foundation),
    consume: (hub, delivery) => consume(foundation, works, { hub, delivery }),
    settleIdle: () => settleIdle(foundation, works),
    maintain: createTableUpkeep({ tables: works.tables, clock, log }),
    cleanClaims: () => cleanClaims(foundation, works),
    lakePayloads: composeLakePayloads(works.tables),
  };
}

async function build(foundation: Foundation): Promise<Works> {
  const { config, log, clock, newId, state, hubs, directory, payloads } = foundation;
  const lake = await openLake(config, newId);
  const [claims, letterClaims, ledgerTable, letterTable, reader] = await Promise.all([
    openClaims(foundation, 'bronze'),
    openClaims(foundation, 'dead-letters'),
    state.table(stateTables.ledger),
    state.table(stateTables.deadLetters),
    foundation.reader(),
    lake.probe(),
  ]);
  const ledger = createTableLedger(ledgerTable);
  const options = { txnRetention: config.bronze.txnRetention };
  const tables = openDeltaTables({ store: lake.store, clock, newId, log, options });
  const hub = createHubReader({ clientOf: hubs.consumerOf, directory, timeout: rereadTimeout });
  const deadLetters = createTableDeadLetterIntake({ table: letterTable, clock, newId });
  const shared = { ledger, tables, payloads, deadLetters, hub, clock, log };
  const ways = createWays(foundation, shared, { reader, claims, letterClaims });
  return { ...ways, tables, claims: [claims, letterClaims], ledger };
}

interface Judges {
  readonly reader: EventReader;
  readonly claims: ClaimStore;
  readonly letterClaims: ClaimStore;
}

/** Two ways into the same tables, which differ in what they read and in how they tell copies. */
function createWays(
  { config, payloads }: Foundation,
  shared: Omit<IngestPorts, 'reader' | 'relay' | 'claims'>,
  { reader, claims, letterClaims }: Judges,
): Pick<Works, 'events' | 'deadLetters'> {
  const { eventsHub, landingHub, deadLettersHub } = entities;
  const idleAfter = config.settleIdleAfter;
  const origins = new Set([relayOrigin]);
  const events = {
    ...{ ...shared, reader, claims },
    relay: createRelayUnwrapper({ landingHub, origins, payloads }),
  };
  const letters = {
    ...{ ...shared, claims: letterClaims },
    reader: createDeadLetterReader(reader, deadLetterTable),
    relay: createDeadLetterUnwrapper({ countedOrigins: origins, payloads }),
  };
  return {
    events: createBronzeIngest(events, { idleAfter, hubs: [eventsHub, landingHub] }),
    deadLetters: createBronzeIngest(letters, { idleAfter, hubs: [deadLettersHub] }),
  };
}

/** The links that tell a hub's incarnation and bounds stay open once they were used. */
async function connect({ directory }: Foundation): Promise<void> {
  const { eventsHub, landingHub, deadLettersHub } = entities;
  const hubs = [eventsHub, landingHub, deadLettersHub];
  await Promise.all(hubs.map((hub) => directory.facts(hub)));
}

async function consume(
  { config, directory, hubs, log }: Foundation,
  { events, deadLetters }: Works,
  { hub, delivery }: { readonly hub: string; readonly delivery: HubDelivery },
): Promise<void> {
  const { incarnation } = await directory.facts(hub);
  const { partitionId, messages } = delivery;
  const consumerGroup = config.hubs.bronzeGroup;
  const partition = { namespace: hubs.namespace, hub, incarnation, consumerGroup, partitionId };
  const ingest = hub === entities.deadLettersHub ? deadLetters : events;
  const { counts, adopted, lost } = await ingest.consume({ partition, messages });
  log.info('Landed a batch', { hub, partitionId, ...counts, adopted, lost });
}

async function settleIdle({ log }: Foundation, { events, deadLetters }: Works): Promise<void> {
  for (const ingest of [events, deadLetters]) {
    const { settled, caughtUp, failed } = await ingest.settleIdle();
    log.info('Settled idle partitions', { settled, caughtUp, failed });
  }
}

async function cleanClaims(foundation: Foundation, { claims, ledger }: Works): Promise<void> {
  const { config, clock, log } = foundation;
  const expiredAt = epochMs(clock.now() - config.idempotency.claimLifetime);
  let [removed, folded] = [0, 0];
  for (const store of claims) removed += await store.removeBefore(expiredAt);
  for await (const author of ledger.authors()) folded += await ledger.fold(author, expiredAt);
  log.info('Cleaned claims and plans', { removed, folded });
}
