import type { TableAppend } from '../../ports/delta.ts';
import type { TableHead } from './table-head.ts';
import { shapeFrom, widenShape, type TableShape } from './table-shape.ts';

/** An append whose rows from index `from` on are written; none are left when it only waits. */
export interface PlannedWrite<Item> {
  readonly item: Item;
  readonly from: number;
}

interface Refusal<Item> {
  readonly item: Item;
  /** Undefined when only an earlier append of the same author was at fault. */
  readonly problem: string | undefined;
}

/** What one commit makes of the appends that wait for it. */
export interface CommitPlan<Item> {
  /** All rows have landed already. */
  readonly landed: readonly Item[];
  readonly refused: readonly Refusal<Item>[];
  readonly writes: readonly PlannedWrite<Item>[];
  /** The table's shape after the commit; undefined when there is nothing to write. */
  readonly shape: TableShape | undefined;
  /** `txn` version by author after the commit. */
  readonly watermarks: ReadonlyMap<string, number>;
}

/**
 * Decides in order of arrival what each append contributes to the next commit, each one seeing the
 * watermarks that those before it leave behind: two appends of one author never double a row. An
 * append that cannot be written is refused alone, with those of its author that came after it,
 * because their watermark would declare its rows landed.
 */
export function planCommit<Item extends { readonly append: TableAppend }>(
  head: TableHead,
  items: readonly Item[],
): CommitPlan<Item> {
  const draft: PlanDraft<Item> = {
    landed: [],
    refused: [],
    writes: [],
    watermarks: new Map(),
    shape: head.definition?.shape,
  };
  const stopped = new Set<string>();
  for (const item of items) {
    const { author } = item.append;
    const committed = watermarkOf(head, author);
    if (isAtOrBelow(item.append, committed)) draft.landed.push(item);
    else if (stopped.has(author)) draft.refused.push({ item, problem: undefined });
    else if (!planWrite(draft, item, committed)) stopped.add(author);
  }
  return draft.writes.length === 0 ? { ...draft, shape: undefined } : draft;
}

interface PlanDraft<Item> {
  readonly landed: Item[];
  readonly refused: Refusal<Item>[];
  readonly writes: PlannedWrite<Item>[];
  readonly watermarks: Map<string, number>;
  shape: TableShape | undefined;
}

function planWrite<Item extends { readonly append: TableAppend }>(
  draft: PlanDraft<Item>,
  item: Item,
  committed: number,
): boolean {
  const { author, schema, rows, through } = item.append;
  const widened = draft.shape === undefined ? shapeFrom(schema) : widenShape(draft.shape, schema);
  if (!widened.ok) {
    draft.refused.push({ item, problem: widened.problem });
    return false;
  }
  const watermark = draft.watermarks.get(author) ?? committed;
  const from = rows.findIndex(({ sequenceNumber }) => sequenceNumber > watermark);
  draft.writes.push({ item, from: from === -1 ? rows.length : from });
  if (from === -1) return true;
  draft.watermarks.set(author, through);
  draft.shape = widened.value;
  return true;
}

/** Whether two plans write the same rows, so that files made for one serve the other. */
export function writesSameRows<Item>(left: CommitPlan<Item>, right: CommitPlan<Item>): boolean {
  return (
    left.writes.length === right.writes.length &&
    left.writes.every(({ item, from }, index) => {
      const other = right.writes[index];
      return other?.item === item && other.from === from;
    })
  );
}

/** The last sequence number of an author that has landed, or -1. */
function watermarkOf({ txns }: TableHead, author: string): number {
  return txns.get(author)?.version ?? -1;
}

function isAtOrBelow({ rows }: TableAppend, watermark: number): boolean {
  const last = rows.at(-1);
  return last === undefined || last.sequenceNumber <= watermark;
}
