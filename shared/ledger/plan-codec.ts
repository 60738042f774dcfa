import { epochMs } from '../kernel/time.ts';
import type { Rejection } from '../ports/events.ts';
import type { Plan, PlannedItem, Verdict, VerdictCounts } from '../ports/ledger.ts';
import {
  fromCounts,
  fromRanges,
  toCounts,
  toRanges,
  type Counts,
  type Range,
} from './sum-codec.ts';

/** A plan as JSON, by columns: neighbours are alike and compress to almost nothing. */
export interface PlanBody {
  readonly version: number;
  readonly range: Range;
  readonly plannedAt: number;
  readonly lost: readonly Range[];
  readonly origins: readonly string[];
  readonly tables: readonly string[];
  readonly rejections: readonly Rejection[];
  readonly countsByOrigin: readonly (readonly [string, Counts])[];
  readonly lastByTable: readonly (readonly [string, number])[];
  readonly items: {
    /** Distance from the item before; the first from the plan's first sequence number. */
    readonly steps: readonly number[];
    readonly indexes: readonly number[];
    /** Places in `origins`. */
    readonly origins: readonly number[];
    /** 0 duplicate, 1 parked, then even: landed in table, odd: rejection, counted from 2. */
    readonly verdicts: readonly number[];
  };
}

/** The JSON of a plan. */
export function toPlanBody(plan: Plan): PlanBody {
  const [origins, tables] = [createDictionary<string>(), createDictionary<string>()];
  const rejections: Rejection[] = [];
  const toCode = (verdict: Verdict): number => {
    if (verdict.kind === 'landed') return 2 + 2 * tables.place(verdict.table);
    if (verdict.kind === 'dead-lettered') return 1 + 2 * rejections.push(verdict.rejection);
    return verdict.kind === 'parked' ? 1 : 0;
  };
  const { items } = plan;
  return {
    version: 1,
    range: [plan.first, plan.last],
    plannedAt: plan.plannedAt,
    lost: toRanges(plan.lost),
    countsByOrigin: [...plan.countsByOrigin].map(([name, counts]) => [name, toCounts(counts)]),
    lastByTable: [...plan.lastByTable],
    items: {
      steps: items.map(({ sequenceNumber: at }, place) => {
        return at - (items[place - 1]?.sequenceNumber ?? plan.first);
      }),
      indexes: items.map(({ index }) => index),
      origins: items.map(({ origin }) => origins.place(origin)),
      verdicts: items.map(({ verdict }) => toCode(verdict)),
    },
    origins: origins.values,
    tables: tables.values,
    rejections,
  };
}

/** The plan of a JSON that `toPlanBody` made. Throws on anything else. */
export function fromPlanBody(value: unknown): Plan {
  const body = value as PlanBody;
  if (body.version !== 1) throw new Error(`Unknown version of a plan: ${body.version}`);
  const [first, last] = body.range;
  const counts = body.countsByOrigin.map(([name, parts]): [string, VerdictCounts] => {
    return [name, fromCounts(parts)];
  });
  return {
    first,
    last,
    plannedAt: epochMs(body.plannedAt),
    items: fromItems(body),
    lost: fromRanges(body.lost),
    countsByOrigin: new Map(counts),
    lastByTable: new Map(body.lastByTable),
  };
}

function fromItems({ range, items, origins, tables, rejections }: PlanBody): PlannedItem[] {
  let [sequenceNumber] = range;
  return items.steps.map((step, place) => {
    sequenceNumber += step;
    const origin = at(origins, at(items.origins, place));
    const verdict = toVerdict(at(items.verdicts, place), tables, rejections);
    return { sequenceNumber, index: at(items.indexes, place), origin, verdict };
  });
}

function toVerdict(
  code: number,
  tables: readonly string[],
  rejections: readonly Rejection[],
): Verdict {
  if (code === 0) return { kind: 'duplicate' };
  if (code === 1) return { kind: 'parked' };
  if (code % 2 === 0) return { kind: 'landed', table: at(tables, code / 2 - 1) };
  return { kind: 'dead-lettered', rejection: at(rejections, (code - 3) / 2) };
}

function at<Item>(items: readonly Item[], place: number): Item {
  const item = items[place];
  if (item === undefined) throw new Error(`A plan misses an entry at ${place}`);
  return item;
}

interface Dictionary<Entry> {
  readonly values: readonly Entry[];
  place(entry: Entry): number;
}

function createDictionary<Entry>(): Dictionary<Entry> {
  const values: Entry[] = [];
  const places = new Map<Entry, number>();
  return {
    values,
    place: (entry) => {
      const place = places.get(entry) ?? values.push(entry) - 1;
      places.set(entry, place);
      return place;
    },
  };
}
