import { deadLetterTable } from '../../../shared/ingest/dead-letter-rows.ts';
import type { Author } from '../../../shared/kernel/author.ts';
import type { Plan, PlannedItem } from '../../../shared/ports/ledger.ts';
import type { LandedRow } from './memory-tables.ts';
import { eventsOf, type TestEvent } from './test-events.ts';
import type { World } from './world.ts';

/** A message that was sent, with what retention made of it. */
interface SentItem {
  readonly author: Author;
  readonly sequenceNumber: number;
  readonly index: number;
  readonly event: TestEvent;
  /** Retention has taken it. */
  readonly isGone: boolean;
}

/** What the stores say when everything has come to rest. */
interface Evidence {
  readonly sent: readonly SentItem[];
  readonly plans: ReadonlyMap<Author, readonly Plan[]>;
  readonly world: World;
}

/** Everything that is wrong with a world at rest; empty when every promise is kept. */
export async function findFaults(world: World, partitions: readonly string[]): Promise<string[]> {
  const evidence = collectEvidence(world, partitions);
  const faults = await Promise.all(
    partitions.map((partitionId) => checkLedger(evidence, world.author(partitionId))),
  );
  return [
    ...faults.flat(),
    ...checkVerdicts(evidence),
    ...checkRows(evidence),
    ...checkEvents(evidence),
    ...checkRecords(world),
  ];
}

/** What the table of dead letters says has landed must be in the operational table as well. */
function checkRecords(world: World): string[] {
  return world.deadLetters().flatMap(({ values }) => {
    const id = String(values['dead_letter_id']);
    return world.intake.records.has(id) ? [] : [`dead letter ${id} has a row but no record`];
  });
}

/** Planned rows at or below `settled` that are not in their tables, though retention left them. */
export function findUnlanded(world: World, author: Author, settled: number): string[] {
  const firstKept = world.hub.firstKept(author.split('/').at(-1) ?? '');
  const planned = world.ledger.plans(author).flatMap(({ items }) => items);
  return planned.flatMap((item) => {
    const { sequenceNumber, index } = item;
    if (sequenceNumber > settled || sequenceNumber < firstKept) return [];
    const missing = tablesOf(item).filter((table) => {
      const rows = world.tables.lake.get(table)?.rows ?? [];
      return !rows.some(
        (row) =>
          row.author === author &&
          row.sequenceNumber === sequenceNumber &&
          row.values['item_index'] === index,
      );
    });
    return missing.map(
      (table) => `settled ${settled}, but ${sequenceNumber}/${index} is not in ${table}`,
    );
  });
}

function collectEvidence(world: World, partitions: readonly string[]): Evidence {
  const plans = new Map<Author, readonly Plan[]>();
  const sent: SentItem[] = [];
  for (const partitionId of partitions) {
    const author = world.author(partitionId);
    plans.set(author, world.ledger.plans(author));
    for (const message of world.hub.sent(partitionId)) {
      const { sequenceNumber } = message;
      const isGone = sequenceNumber < world.hub.firstKept(partitionId);
      eventsOf(message).forEach((event, index) => {
        sent.push({ author, sequenceNumber, index, event, isGone });
      });
    }
  }
  return { sent, plans, world };
}

/** Contiguous, complete, settled, and adding up for every origin. */
async function checkLedger({ sent, plans, world }: Evidence, author: Author): Promise<string[]> {
  const head = await world.ledger.head(author);
  const { planned, settled } = head ?? { planned: -1, settled: -1 };
  const unplanned = sent.filter(
    (item) => item.author === author && item.sequenceNumber > planned && !item.isGone,
  );
  return [
    ...(unplanned.length > 0 ? [`${unplanned.length} unplanned after ${planned}`] : []),
    ...(settled === planned ? [] : [`settled ${settled} of ${planned}`]),
    ...(plans.get(author) ?? []).flatMap((plan, place, all) => checkPlan(plan, all[place - 1])),
  ];
}

function checkPlan(plan: Plan, before: Plan | undefined): string[] {
  const faults: string[] = [];
  if (before !== undefined && plan.first !== before.last + 1) {
    faults.push(`gap before ${plan.first}`);
  }
  let sum = 0;
  for (const {
    landed,
    duplicate,
    deadLettered,
    parked,
    received,
  } of plan.countsByOrigin.values()) {
    sum += received;
    if (landed + duplicate + deadLettered + parked !== received) {
      faults.push(`identity of plan ${plan.first}`);
    }
  }
  return sum === plan.items.length ? faults : [...faults, `plan ${plan.first} does not add up`];
}

/** Every item has one verdict, or is lost to retention. */
function checkVerdicts(evidence: Evidence): string[] {
  return evidence.sent.flatMap((item) => {
    const plans = evidence.plans.get(item.author) ?? [];
    const isLost = isLostIn(plans, item);
    if (isLost && !item.isGone) return [`${name(item)} is called lost`];
    const verdicts = verdictsOf(evidence, item).length;
    const expected = isLost || isNeverSeen(plans, item) ? 0 : 1;
    return verdicts === expected ? [] : [`${name(item)} has ${verdicts} verdicts`];
  });
}

function isLostIn(plans: readonly Plan[], { sequenceNumber }: SentItem): boolean {
  return plans.some(({ lost }) =>
    lost.some(({ first, last }) => first <= sequenceNumber && sequenceNumber <= last),
  );
}

/** Gone before the partition was opened, or before anybody came for it again. */
function isNeverSeen(plans: readonly Plan[], { isGone, sequenceNumber }: SentItem): boolean {
  const [opened, planned] = [plans[0]?.first ?? Infinity, plans.at(-1)?.last ?? -1];
  return isGone && (sequenceNumber < opened || sequenceNumber > planned);
}

/** The tables hold what the plans say: no row more, none less, each once. */
function checkRows(evidence: Evidence): string[] {
  const rows = tablesByPlace(evidence);
  const faults: string[] = [];
  for (const item of evidence.sent) {
    const place = name(item);
    const expected = verdictsOf(evidence, item).flatMap(tablesOf).join();
    const found = rows.get(place)?.join() ?? '';
    rows.delete(place);
    // Planned, and taken by retention before anybody landed it.
    if (found === expected || (item.isGone && found === '')) continue;
    faults.push(`${place} is in [${found}] and planned for [${expected}]`);
  }
  for (const [place, tables] of rows) faults.push(`nobody sent ${place} in ${tables.join()}`);
  return faults;
}

/** The tables of every row, by its position. Rows of a former incarnation are another hub's. */
function tablesByPlace({ world, plans }: Evidence): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const [table, { rows }] of world.tables.lake) {
    for (const row of rows.filter(({ author }) => plans.has(author))) {
      tables.set(rowName(row), [...(tables.get(rowName(row)) ?? []), table]);
    }
  }
  return tables;
}

/** By key: in Bronze at most once, no duplicate without its original, no false mismatch. */
function checkEvents(evidence: Evidence): string[] {
  const { sent } = evidence;
  return [...Map.groupBy(sent, ({ event }) => event.id)].flatMap(([id, copies]) => {
    const judged = copies.flatMap((copy) =>
      verdictsOf(evidence, copy).map(({ verdict }) => ({ copy, verdict })),
    );
    const landed = judged.filter(({ verdict }) => verdict.kind === 'landed');
    const faults = landed.length > 1 ? [`${id} landed ${landed.length} times`] : [];
    const isAccounted =
      copies.some(({ isGone }) => isGone) ||
      judged.some(({ verdict }) => verdict.kind === 'landed' || verdict.kind === 'dead-lettered');
    if (!isAccounted) faults.push(`${id} is only ever called a duplicate`);
    const payloads = new Set(copies.map(({ event }) => event.payload));
    const isMismatch = judged.some(({ verdict }) => isPayloadMismatch(verdict));
    if (isMismatch && payloads.size === 1) faults.push(`${id} is a false mismatch`);
    return faults;
  });
}

function verdictsOf({ plans }: Evidence, item: SentItem): PlannedItem[] {
  return (plans.get(item.author) ?? []).flatMap(({ items }) =>
    items.filter(
      (planned) => planned.sequenceNumber === item.sequenceNumber && planned.index === item.index,
    ),
  );
}

function tablesOf({ verdict }: PlannedItem): string[] {
  if (verdict.kind === 'landed') return [verdict.table];
  return verdict.kind === 'dead-lettered' ? [deadLetterTable] : [];
}

function isPayloadMismatch(verdict: PlannedItem['verdict']): boolean {
  if (verdict.kind !== 'dead-lettered') return false;
  return verdict.rejection.violations[0].code === 'idempotency.payload_mismatch';
}

function name({ author, sequenceNumber, index }: SentItem): string {
  return `${author.split('/').at(-1) ?? ''}:${sequenceNumber}/${index}`;
}

function rowName({ author, sequenceNumber, values }: LandedRow): string {
  return `${author.split('/').at(-1) ?? ''}:${sequenceNumber}/${Number(values['item_index'])}`;
}
