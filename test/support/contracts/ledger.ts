import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { authorOf, type Author } from '../../../shared/kernel/author.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type {
  Head,
  Ledger,
  Plan,
  PlannedItem,
  VerdictCounts,
} from '../../../shared/ports/ledger.ts';

const noon = epochMs(Date.UTC(2026, 10, 21, 12));

/** An author that nobody else uses; its names try to leave a key. */
export function newAuthor(): Author {
  return authorOf({
    namespace: "ns'#?\\%",
    hub: randomUUID(),
    incarnation: '2026-11-21T00:00:00.000Z',
    consumerGroup: 'cg-data_bronze-ü',
    partitionId: '0',
  });
}

function countsOf(items: readonly PlannedItem[]): VerdictCounts {
  const of = (kind: string) => items.filter(({ verdict }) => verdict.kind === kind).length;
  return {
    received: items.length,
    landed: of('landed'),
    duplicate: of('duplicate'),
    deadLettered: of('dead-lettered'),
    parked: of('parked'),
  };
}

/** A plan with one verdict of every kind in turn, and every seventh message a batch of two. */
export function newPlan(first: number, last: number, changes: Partial<Plan> = {}): Plan {
  const items: PlannedItem[] = [];
  for (let sequenceNumber = first; sequenceNumber <= last; sequenceNumber += 1) {
    for (let index = 0; index < (sequenceNumber % 7 === 0 ? 2 : 1); index += 1) {
      items.push({ sequenceNumber, index, origin: 'events', verdict: verdictFor(items.length) });
    }
  }
  return {
    first,
    last,
    plannedAt: noon,
    items,
    lost: [],
    countsByOrigin: new Map([['events', countsOf(items)]]),
    lastByTable: new Map([['brz_event_a', last]]),
    ...changes,
  };
}

function verdictFor(place: number): PlannedItem['verdict'] {
  if (place % 4 === 1) return { kind: 'duplicate' };
  if (place % 4 === 2) return { kind: 'parked' };
  if (place % 4 === 3) {
    const violations = [{ code: 'schema.type', detail: 'ü\ud83d\ude00', pointer: '/a' }] as const;
    return { kind: 'dead-lettered', rejection: { category: 'schema', violations } };
  }
  return { kind: 'landed', table: place % 8 === 0 ? 'brz_event_a' : 'brz_event_b' };
}

/** More incompressible verdicts than one transaction takes. */
function hugePlan(): Plan {
  const items = Array.from({ length: 3_000 }, (_, sequenceNumber): PlannedItem => {
    const detail = randomBytes(1_000).toString('base64');
    const violations = [{ code: 'schema.type', detail }] as const;
    const rejection = { category: 'schema', violations } as const;
    return {
      sequenceNumber,
      index: 0,
      origin: 'events',
      verdict: { kind: 'dead-lettered', rejection },
    };
  });
  return newPlan(0, 2_999, { items });
}

/** What every ledger must make true. */
export function ledgerContract(name: string, open: () => Promise<Ledger>): void {
  describe(`Ledger contract: ${name}`, () => {
    let ledger: Ledger;
    let author: Author;

    beforeEach(async () => {
      ledger = await open();
      author = newAuthor();
    });

    async function append(head: Head, plan: Plan, settled = -1): Promise<Head> {
      const next = await ledger.append(author, head, { plan, settled });
      if (typeof next === 'string') throw new Error(next);
      return next;
    }

    it('knows no head before it is opened', async () => {
      expect(await ledger.head(author)).toBeUndefined();
      expect(await ledger.plansAfter(author, -1)).toEqual([]);
    });

    it('opens a head once, for everybody', async () => {
      const heads = await Promise.all([1, 2, 3].map(() => ledger.open(author, 41)));
      const again = await ledger.open(author, 7);
      for (const head of [...heads, again])
        expect(head).toMatchObject({ planned: 41, settled: 41 });
      expect(await ledger.head(author)).toEqual(again);
    });

    it('opens a head before the first sequence number', async () => {
      expect(await ledger.open(author, -1)).toMatchObject({ planned: -1, settled: -1 });
    });

    it('stores a plan and returns it as it was', async () => {
      const head = await ledger.open(author, -1);
      const plan = newPlan(0, 30, { lost: [{ first: 31, last: 40 }], last: 40 });
      expect(await append(head, plan)).toMatchObject({ planned: 40, settled: -1 });
      expect(await ledger.plansAfter(author, -1)).toEqual([plan]);
    });

    it('returns the plans that end after a sequence number, ascending', async () => {
      let head = await ledger.open(author, 4);
      const plans = [newPlan(5, 9), newPlan(10, 10), newPlan(11, 200)];
      for (const plan of plans) head = await append(head, plan);
      expect(await ledger.plansAfter(author, 4)).toEqual(plans);
      expect(await ledger.plansAfter(author, 9)).toEqual(plans.slice(1));
      expect(await ledger.plansAfter(author, 10)).toEqual(plans.slice(2));
      expect(await ledger.plansAfter(author, 199)).toEqual(plans.slice(2));
      expect(await ledger.plansAfter(author, 200)).toEqual([]);
    });

    it('keeps a plan with many long rejections', async () => {
      const head = await ledger.open(author, -1);
      const plan = newPlan(0, 1_999, { items: hugePlan().items.slice(0, 1_000), last: 999 });
      await append(head, plan);
      expect(await ledger.plansAfter(author, -1)).toEqual([plan]);
    });

    it('answers too-large for a plan that no transaction takes, and stores nothing', async () => {
      const head = await ledger.open(author, -1);
      const step = { plan: hugePlan(), settled: -1 };
      expect(await ledger.append(author, head, step)).toBe('too-large');
      expect(await ledger.head(author)).toEqual(head);
      expect(await ledger.plansAfter(author, -1)).toEqual([]);
    });

    it('lets one of two rivals with the same head through', async () => {
      const head = await ledger.open(author, -1);
      const plans = [newPlan(0, 3), newPlan(0, 5), newPlan(0, 0)];
      const answers = await Promise.all(
        plans.map((plan) => ledger.append(author, head, { plan, settled: -1 })),
      );
      expect(answers.filter((answer) => answer === 'lost-race')).toHaveLength(2);
      const [stored, ...others] = await ledger.plansAfter(author, -1);
      expect(others).toEqual([]);
      expect(stored?.last).toBe((await ledger.head(author))?.planned);
    });

    it('refuses a plan under a head that has changed', async () => {
      const head = await ledger.open(author, -1);
      const next = await append(head, newPlan(0, 3));
      await ledger.settle(author, next, 2);
      const step = { plan: newPlan(4, 5), settled: 3 };
      expect(await ledger.append(author, next, step)).toBe('lost-race');
      expect(await ledger.plansAfter(author, 3)).toEqual([]);
    });

    it('refuses a plan that leaves a gap or overlaps', async () => {
      const head = await ledger.open(author, 9);
      for (const first of [9, 11]) {
        const step = { plan: newPlan(first, 12), settled: 9 };
        await expect(ledger.append(author, head, step)).rejects.toMatchObject({ code: 'bug' });
      }
    });

    it('moves settled with a plan or alone, and never back', async () => {
      let head = await append(await ledger.open(author, -1), newPlan(0, 9));
      head = await append(head, newPlan(10, 19), 9);
      expect(head).toMatchObject({ planned: 19, settled: 9 });
      const settled = await ledger.settle(author, head, 15);
      if (settled === 'lost-race') throw new Error(settled);
      expect(settled).toMatchObject({ planned: 19, settled: 15 });
      expect(await ledger.settle(author, settled, 3)).toMatchObject({ planned: 19, settled: 15 });
      expect(await ledger.settle(author, settled, 19)).toBe('lost-race');
    });

    it('keeps authors apart', async () => {
      const other = newAuthor();
      await append(await ledger.open(author, -1), newPlan(0, 3));
      await ledger.open(other, 7);
      expect(await ledger.plansAfter(other, -1)).toEqual([]);
      expect(await ledger.head(other)).toMatchObject({ planned: 7 });
      const found: Author[] = [];
      for await (const each of ledger.authors()) found.push(each);
      expect(found).toEqual(expect.arrayContaining([author, other]));
    });

    it('folds old settled plans into a balance that keeps the sums', async () => {
      const plans = [
        newPlan(0, 49),
        newPlan(50, 60, { lost: [{ first: 55, last: 60 }] }),
        newPlan(61, 70, { lost: [{ first: 61, last: 62 }] }),
        newPlan(71, 80, { plannedAt: epochMs(noon + 1) }),
      ];
      let head = await ledger.open(author, -1);
      for (const plan of plans) head = await append(head, plan, plan.first - 1);
      await ledger.settle(author, head, 80);
      expect(await ledger.balance(author)).toBeUndefined();
      expect(await ledger.fold(author, epochMs(noon + 1))).toBe(3);
      expect(await ledger.fold(author, epochMs(noon + 1))).toBe(0);

      const folded = plans.slice(0, 3).flatMap(({ items }) => items);
      const balance = await ledger.balance(author);
      expect(balance).toMatchObject({ first: 0, last: 70, lost: [{ first: 55, last: 62 }] });
      expect(balance?.countsByOrigin).toEqual(new Map([['events', countsOf(folded)]]));
      const landed = [...(balance?.landedByTable.values() ?? [])].reduce(
        (sum, rows) => sum + rows,
        0,
      );
      expect(landed).toBe(countsOf(folded).landed);
      expect(await ledger.plansAfter(author, -1)).toEqual(plans.slice(3));
      expect(await ledger.head(author)).toMatchObject({ planned: 80, settled: 80 });
    });

    it('never folds what is not settled, and folds many plans', async () => {
      let head = await ledger.open(author, -1);
      for (let first = 0; first < 130; first += 1) head = await append(head, newPlan(first, first));
      await ledger.settle(author, head, 119);
      expect(await ledger.fold(author, epochMs(noon + 1))).toBe(120);
      expect(await ledger.balance(author)).toMatchObject({ first: 0, last: 119 });
      expect(await ledger.plansAfter(author, -1)).toHaveLength(10);
    });
  });
}
