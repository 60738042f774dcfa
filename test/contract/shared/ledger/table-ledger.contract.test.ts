import { beforeEach, describe, expect, it } from 'vitest';
import { createTableLedger } from '../../../../shared/ledger/table-ledger.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { Author } from '../../../../shared/kernel/author.ts';
import type { Head, Ledger } from '../../../../shared/ports/ledger.ts';
import { ledgerContract, newAuthor, newPlan } from '../../../support/contracts/ledger.ts';
import { openTestTable, type TestTable } from '../../../support/ingest-world/test-table.ts';

let shared: TestTable;

beforeEach(async () => {
  shared = await openTestTable('ledger');
});

ledgerContract('Table Storage', () => Promise.resolve(createTableLedger(shared.table)));

describe('TableLedger', () => {
  let ledger: Ledger;
  let author: Author;
  let head: Head;

  beforeEach(async () => {
    ledger = createTableLedger(shared.table);
    author = newAuthor();
    head = await ledger.open(author, -1);
    shared.requests.length = 0;
  });

  async function append(first: number, last: number): Promise<void> {
    const next = await ledger.append(author, head, { plan: newPlan(first, last), settled: -1 });
    if (typeof next === 'string') throw new Error(next);
    head = next;
  }

  it('spends one request on a batch', async () => {
    await append(0, 999);
    await append(1_000, 1_999);
    expect(shared.requests).toHaveLength(2);
  });

  it('keeps 1,000 verdicts in less than 2 KB when they are alike', async () => {
    await append(0, 999);
    let size = 0;
    for await (const { chunk0 } of shared.table.listEntities<{ chunk0?: Uint8Array }>()) {
      size += chunk0?.length ?? 0;
    }
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(2_048);
  });

  it('loses the race against itself when the answer is lost, and then finds its own plan', async () => {
    shared.loseAnswers(1);
    const plan = newPlan(0, 3);
    expect(await ledger.append(author, head, { plan, settled: -1 })).toBe('lost-race');
    expect(await ledger.plansAfter(author, -1)).toEqual([plan]);
    expect(await ledger.head(author)).toMatchObject({ planned: 3 });
  });

  it('refuses to read a damaged plan', async () => {
    await append(0, 3);
    for await (const row of shared.table.listEntities<{ chunk0?: unknown }>()) {
      if (!(row.chunk0 instanceof Uint8Array) || !row.rowKey?.startsWith('plan-')) continue;
      const chunk0 = Uint8Array.from(row.chunk0);
      chunk0[chunk0.length >> 1] = 0xff & ~(chunk0[chunk0.length >> 1] ?? 0);
      const { partitionKey = '', rowKey = '' } = row;
      await shared.table.updateEntity({ partitionKey, rowKey, chunk0 }, 'Merge');
    }
    await expect(ledger.plansAfter(author, -1)).rejects.toMatchObject({ code: 'ledger.corrupt' });
  });

  it('refuses to read a ledger with a gap', async () => {
    await append(0, 3);
    await append(4, 5);
    await append(6, 9);
    for await (const { partitionKey = '', rowKey = '' } of shared.table.listEntities()) {
      if (rowKey.startsWith('plan-0000000000000005')) {
        await shared.table.deleteEntity(partitionKey, rowKey);
      }
    }
    await expect(ledger.plansAfter(author, -1)).rejects.toMatchObject({ code: 'ledger.corrupt' });
  });

  it('reports a store that cannot be reached as transient', async () => {
    shared.loseAnswers(1_000);
    await expect(ledger.head(author)).rejects.toMatchObject({ code: 'storage.unavailable' });
    await expect(ledger.plansAfter(author, 0)).rejects.toMatchObject({
      code: 'storage.unavailable',
    });
    shared.loseAnswers(0);
  });

  it('lets two folds run at once without folding a plan twice', async () => {
    for (let first = 0; first < 20; first += 1) await append(first, first);
    await ledger.settle(author, head, 19);
    const before = epochMs(Date.UTC(2027, 0, 1));
    await Promise.all([ledger.fold(author, before), ledger.fold(author, before)]);
    await ledger.fold(author, before);
    const balance = await ledger.balance(author);
    expect(balance).toMatchObject({ first: 0, last: 19 });
    // One item for each message, and a second one in every seventh.
    expect(balance?.countsByOrigin.get('events')?.received).toBe(20 + 3);
  });
});
