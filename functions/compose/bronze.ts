import { openDeltaTables, type OpenDeltaTables } from '../../shared/bronze/index.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import {
  createTableClaimStore,
  type TableClaimStore,
} from '../../shared/idempotency/table-claim-store.ts';
import { createBronzeIngest, type BronzeIngest } from '../../shared/ingest/bronze-ingest.ts';
import { durationMs, epochMs } from '../../shared/kernel/time.ts';
import { createTableLedger } from '../../shared/ledger/table-ledger.ts';
import { createHubReader } from '../../shared/messaging/hub-reader.ts';
import { createRelayUnwrapper } from '../../shared/messaging/relay-unwrapper.ts';
import type { Ledger } from '../../shared/ports/ledger.ts';
import { entities, relayOrigin } from '../entities.ts';
import type { HubDelivery } from '../host-shapes.ts';
import type { Foundation } from './foundation.ts';
import { openLake } from './lake.ts';
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
}

/** The namespace of the claims: what is landed in, not who reads it or how it arrived. */
const sink = 'bronze';

/** How long reading a hole again may take; an invocation has minutes. */
const rereadTimeout = durationMs(60_000);

/** Everything behind the duty, built once. */
interface Works {
  readonly ingest: BronzeIngest;
  readonly tables: OpenDeltaTables;
  readonly claims: TableClaimStore;
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
  };
}

async function build(foundation: Foundation): Promise<Works> {
  const { config, log, clock, newId, state, hubs, directory, payloads } = foundation;
  const lake = await openLake(config, newId);
  const [claims, ledgerTable, reader] = await Promise.all([
    openClaims(foundation),
    state.table(stateTables.ledger),
    foundation.reader(),
    lake.probe(),
  ]);
  const ledger = createTableLedger(ledgerTable);
  const options = { txnRetention: config.bronze.txnRetention };
  const tables = openDeltaTables({ store: lake.store, clock, newId, log, options });
  const hub = createHubReader({ clientOf: hubs.consumerOf, directory, timeout: rereadTimeout });
  const { landingHub } = entities;
  const relay = createRelayUnwrapper({ landingHub, origins: new Set([relayOrigin]), payloads });
  const ports = { reader, relay, claims, ledger, tables, payloads, hub, clock, log };
  const ingest = createBronzeIngest(ports, { idleAfter: config.settleIdleAfter });
  return { ingest, tables, claims, ledger };
}

/** The links that tell a hub's incarnation and bounds stay open once they were used. */
async function connect({ directory }: Foundation): Promise<void> {
  await Promise.all([entities.eventsHub, entities.landingHub].map((hub) => directory.facts(hub)));
}

async function consume(
  { config, directory, hubs, log }: Foundation,
  { ingest }: Works,
  { hub, delivery }: { readonly hub: string; readonly delivery: HubDelivery },
): Promise<void> {
  const { incarnation } = await directory.facts(hub);
  const { partitionId, messages } = delivery;
  const consumerGroup = config.hubs.bronzeGroup;
  const partition = { namespace: hubs.namespace, hub, incarnation, consumerGroup, partitionId };
  const { counts, adopted, lost } = await ingest.consume({ partition, messages });
  log.info('Landed a batch', { hub, partitionId, ...counts, adopted, lost });
}

async function openClaims({ config, state, clock, newId }: Foundation): Promise<TableClaimStore> {
  const table = await state.table(stateTables.claims);
  const { buckets } = config.idempotency;
  const claims = createTableClaimStore({ table, sink, buckets, clock, newId });
  await claims.verify();
  return claims;
}

async function settleIdle({ log }: Foundation, { ingest }: Works): Promise<void> {
  const { settled, caughtUp, failed } = await ingest.settleIdle();
  log.info('Settled idle partitions', { settled, caughtUp, failed });
}

async function cleanClaims(foundation: Foundation, { claims, ledger }: Works): Promise<void> {
  const { config, clock, log } = foundation;
  const expiredAt = epochMs(clock.now() - config.idempotency.claimLifetime);
  const removed = await claims.removeBefore(expiredAt);
  let folded = 0;
  for await (const author of ledger.authors()) folded += await ledger.fold(author, expiredAt);
  log.info('Cleaned claims and plans', { removed, folded });
}
