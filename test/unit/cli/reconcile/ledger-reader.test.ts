import { describe, expect, it } from 'vitest';
import { createLedgerReader } from '../../../../cli/reconcile/ledger-reader.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { Ledger, Plan } from '../../../../shared/ports/ledger.ts';
import { createMemoryLedger } from '../../../support/ingest-world/memory-ledger.ts';
import { duplicate, planOf, someAuthor } from '../../../support/plans.ts';

const author = someAuthor();

async function ledgerWith(plans: readonly Plan[], settled = -1): Promise<Ledger> {
  const ledger = createMemoryLedger();
  let head = await ledger.open(author, -1);
  for (const plan of plans) {
    const next = await ledger.append(author, head, { plan, settled });
    if (typeof next === 'string') throw new Error(next);
    head = next;
  }
  return ledger;
}

const three = [0, 1, 2].map((first) => planOf(first, [duplicate]));

describe('createLedgerReader', () => {
  it('reads plans once and goes on where it stopped', async () => {
    const ledger = await ledgerWith(three.slice(0, 2));
    const asked: number[] = [];
    const reader = createLedgerReader({
      ...ledger,
      plansAfter: (one, sequenceNumber) => {
        asked.push(sequenceNumber);
        return ledger.plansAfter(one, sequenceNumber);
      },
    });
    await reader.read(new Map());
    const head = await ledger.head(author);
    if (head !== undefined)
      await ledger.append(author, head, { plan: planOf(2, [duplicate]), settled: 0 });
    const [state] = await reader.read(new Map([[author, 0]]));
    expect(asked).toEqual([-1, 1]);
    expect(state).toMatchObject({ planned: 2, settled: 0, ledger: { plannedThrough: 2 } });
    expect(state?.ledger.countsByOrigin.get('events')).toMatchObject({ received: 3, duplicate: 3 });
  });

  it('leaves plans that were stored after the head was read to the next reading', async () => {
    const ledger = await ledgerWith(three);
    const early = { planned: 1, settled: -1, etag: 'before the third plan' };
    const reader = createLedgerReader({ ...ledger, head: () => Promise.resolve(early) });
    const [state] = await reader.read(new Map());
    expect(state?.ledger).toMatchObject({ plannedThrough: 1, faults: [] });
  });

  it('counts a plan once that is folded away between its two readings', async () => {
    const ledger = await ledgerWith(three, 1);
    let readings = 0;
    const reader = createLedgerReader({
      ...ledger,
      balance: async (one) => {
        readings += 1;
        if (readings === 2) await ledger.fold(one, epochMs(Number.MAX_SAFE_INTEGER));
        return ledger.balance(one);
      },
    });
    const [state] = await reader.read(new Map());
    expect(state?.ledger.countsByOrigin.get('events')).toMatchObject({ received: 3 });
    expect(state?.ledger.faults).toEqual([]);
  });
});
