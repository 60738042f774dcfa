import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTableClaimStore } from '../../../../shared/idempotency/table-claim-store.ts';
import { createBronzeIngest, type BronzeIngest } from '../../../../shared/ingest/bronze-ingest.ts';
import { systemClock } from '../../../../shared/kernel/time.ts';
import { createTableLedger } from '../../../../shared/ledger/table-ledger.ts';
import type { Ledger } from '../../../../shared/ports/ledger.ts';
import { createMemoryHub, type MemoryHub } from '../../../support/ingest-world/memory-hub.ts';
import { createMemoryIntake } from '../../../support/dead-letters/memory-intake.ts';
import { createFakePayloadStore } from '../../../support/fake-payload-store.ts';
import {
  createMemoryTables,
  type MemoryTables,
} from '../../../support/ingest-world/memory-tables.ts';
import { bodyOf, createTestReader, testRelay } from '../../../support/ingest-world/test-events.ts';
import { openTestTable, type TestTable } from '../../../support/ingest-world/test-table.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('BronzeIngest on Table Storage', () => {
  let claims: TestTable;
  let plans: TestTable;
  let ledger: Ledger;
  let tables: MemoryTables;
  let hub: MemoryHub;

  beforeEach(async () => {
    [claims, plans] = await Promise.all([openTestTable('claims'), openTestTable('plans')]);
    ledger = createTableLedger(plans.table);
    tables = createMemoryTables();
    hub = createMemoryHub();
  });

  function start(): BronzeIngest {
    return createBronzeIngest({
      claims: createTableClaimStore({
        table: claims.table,
        sink: 'bronze',
        clock: systemClock,
        newId: randomUUID,
      }),
      ledger,
      tables,
      hub,
      reader: createTestReader('A'),
      relay: testRelay,
      deadLetters: createMemoryIntake(),
      payloads: createFakePayloadStore(),
      clock: systemClock,
      log: silent,
    });
  }

  function send(count: number, prefix: string): void {
    for (let n = 0; n < count; n += 1) {
      hub.send('0', { body: bodyOf({ id: `${prefix}${n}`, payload: '1' }) });
    }
  }

  function landedRows(): number {
    return [...tables.lake.values()].reduce((sum, { rows }) => sum + rows.length, 0);
  }

  it('spends at most 18 requests of claims and ledger on 1,000 events', async () => {
    const ingest = start();
    send(1, 'first');
    await ingest.consume(hub.batch('0', 0));
    claims.requests.length = 0;
    plans.requests.length = 0;
    send(1_000, 'e');
    const report = await ingest.consume(hub.batch('0', 1));
    expect(report.counts).toMatchObject({ received: 1_000, landed: 1_000 });
    const spent = ({ requests }: TestTable) => new Set(requests.map(({ id }) => id)).size;
    expect(spent(claims)).toBeLessThanOrEqual(17);
    expect(spent(plans)).toBe(1);
  });

  it('lands every event once with three owners, lost answers and overlapping redeliveries', async () => {
    send(240, 'e');
    send(60, 'e');
    const owners = [start(), start(), start()];
    for (let first = 0; first < 300; first += 60) {
      claims.loseAnswers(2);
      plans.loseAnswers(2);
      const batches = owners.map((owner, place) =>
        owner.consume(hub.batch('0', Math.max(0, first - 25 * place), first + 59 + 10 * place)),
      );
      await Promise.allSettled(batches);
    }
    claims.loseAnswers(0);
    plans.loseAnswers(0);
    await start().consume(hub.batch('0', 299));
    expect(landedRows()).toBe(240);
    const author = await firstAuthor();
    const stored = await ledger.plansAfter(author, -1);
    expect(stored.flatMap(({ items }) => items)).toHaveLength(300);
    expect(stored.at(-1)?.last).toBe(299);
  });

  async function firstAuthor() {
    for await (const author of ledger.authors()) return author;
    throw new Error('no author');
  }
});
