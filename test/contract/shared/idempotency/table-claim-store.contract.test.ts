import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createTableClaimStore,
  type TableClaimStore,
} from '../../../../shared/idempotency/table-claim-store.ts';
import { addDuration, durationMs, epochMs, type EpochMs } from '../../../../shared/kernel/time.ts';
import { claimStoreContract, newClaim, newClaims } from '../../../support/contracts/claim-store.ts';
import { openTestTable, type TestTable } from '../../../support/ingest-world/test-table.ts';

let shared: TestTable;
let now: EpochMs = epochMs(Date.UTC(2026, 10, 21));
let sinks = 0;

beforeAll(async () => {
  shared = await openTestTable('claims');
});

function openStore(options: { sink?: string; buckets?: number } = {}): TableClaimStore {
  sinks += 1;
  const { table } = shared;
  const clock = { now: () => now };
  return createTableClaimStore({
    table,
    clock,
    newId: randomUUID,
    sink: `sink-${sinks}`,
    ...options,
  });
}

/** A store that has made its start-up check, so that only claims are counted. */
async function openWarmStore(): Promise<TableClaimStore> {
  const store = openStore();
  await store.verify();
  shared.requests.length = 0;
  return store;
}

claimStoreContract('Table Storage', () => Promise.resolve(openStore()));

describe('TableClaimStore', () => {
  it('claims 1,000 new events with at most 17 requests', async () => {
    const store = await openWarmStore();
    await store.claim(newClaims(1_000));
    expect(shared.requests.length).toBeLessThanOrEqual(17);
  });

  it('claims 1,000 events again with as few requests when their batch is delivered again', async () => {
    const store = await openWarmStore();
    const claims = newClaims(1_000);
    await store.claim(claims);
    shared.requests.length = 0;
    const rows = await store.claim(claims);
    expect(shared.requests.length).toBeLessThanOrEqual(17);
    expect(rows.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      claims.map(({ sequenceNumber }) => sequenceNumber),
    );
  });

  it('spends two requests on each of a few duplicates among 1,000 events', async () => {
    const store = await openWarmStore();
    const known = newClaims(4);
    await store.claim(known);
    shared.requests.length = 0;
    const copies = known.map(({ key }, place) => newClaim(2_000 + place, { key }));
    await store.claim([...newClaims(996, 1_000), ...copies]);
    expect(shared.requests.length).toBeLessThanOrEqual(17 + 2 * copies.length);
  });

  it('owns what it claimed when the answers were lost', async () => {
    const store = await openWarmStore();
    const claims = newClaims(300);
    shared.loseAnswers(6);
    const rows = await store.claim(claims);
    expect(rows.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      claims.map(({ sequenceNumber }) => sequenceNumber),
    );
  });

  it('reports a store that cannot be reached as transient', async () => {
    const store = await openWarmStore();
    shared.loseAnswers(1_000);
    await expect(store.claim(newClaims(1))).rejects.toMatchObject({
      code: 'storage.unavailable',
      kind: 'transient',
    });
    shared.loseAnswers(0);
  });

  it('refuses to look for claims in another number of buckets', async () => {
    await openStore({ sink: 'fixed', buckets: 4 }).claim(newClaims(1));
    await openStore({ sink: 'fixed', buckets: 4 }).claim(newClaims(1));
    const other = openStore({ sink: 'fixed' });
    await expect(other.verify()).rejects.toMatchObject({ code: 'config.invalid' });
    await expect(other.claim(newClaims(1))).rejects.toMatchObject({ code: 'config.invalid' });
  });

  it('refuses a sink that could leave its key', async () => {
    await expect(openStore({ sink: "x' or '1" }).claim(newClaims(1))).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });

  it('removes claims older than their lifetime, and only those', async () => {
    const store = openStore();
    const old = newClaims(150);
    await store.claim(old);
    now = addDuration(now, durationMs(1_000));
    const young = newClaims(50, 500);
    await store.claim(young);
    expect(await store.removeBefore(now)).toBe(150);
    expect(await store.removeBefore(now)).toBe(0);
    const copies = [...old, ...young].map(({ key }, place) => newClaim(900 + place, { key }));
    const rows = await store.claim(copies);
    expect(rows.filter(({ sequenceNumber }) => sequenceNumber >= 900)).toHaveLength(150);
  });

  it('reads only what it removes', async () => {
    const store = await openWarmStore();
    await store.claim(newClaims(500));
    shared.requests.length = 0;
    expect(await store.removeBefore(epochMs(0))).toBe(0);
    // One empty page for each bucket, however many claims are kept.
    expect(shared.requests).toHaveLength(8);
  });

  it('lets two clean-ups run at once', async () => {
    const store = openStore();
    await store.claim(newClaims(400));
    now = addDuration(now, durationMs(1));
    await Promise.all([store.removeBefore(now), store.removeBefore(now)]);
    expect(await store.removeBefore(now)).toBe(0);
  });

  it('keeps a claim that was taken over for a lifetime of its own', async () => {
    const store = openStore();
    const [dead, other] = [newClaim(1), newClaim(2)];
    const [standing] = await store.claim([dead, other]);
    if (standing === undefined) throw new Error('no row');
    now = addDuration(now, durationMs(1_000));
    const replay = newClaim(7, { key: dead.key });
    await store.takeOver(replay, standing);
    const [kept] = await store.find([dead.key]);
    await store.removeBefore(now);
    expect(await store.find([dead.key, other.key])).toEqual([kept, undefined]);
    expect(kept?.sequenceNumber).toBe(7);
    now = addDuration(now, durationMs(1_000));
    expect(await store.removeBefore(now)).toBe(1);
    expect(await store.find([dead.key])).toEqual([undefined]);
    expect(await store.removeBefore(now)).toBe(0);
  });

  it('takes a row over once although the answers were lost', async () => {
    const store = await openWarmStore();
    const dead = newClaim(1);
    const [standing] = await store.claim([dead]);
    if (standing === undefined) throw new Error('no row');
    const replay = newClaim(7, { key: dead.key });
    shared.loseAnswers(2);
    expect((await store.takeOver(replay, standing)).sequenceNumber).toBe(7);
  });

  it('looks up with one read for each key, and changes nothing', async () => {
    const store = await openWarmStore();
    const [known] = await store.claim(newClaims(1));
    shared.requests.length = 0;
    const found = await store.find([newClaim(3).key, newClaim(4).key]);
    expect([known?.sequenceNumber, ...found]).toEqual([0, undefined, undefined]);
    expect(shared.requests).toHaveLength(2);
  });
});
