import type { PartitionState, PlannedRows } from './author-ledger.ts';
import type { PartitionRange, Problem } from './problem.ts';

/** A table as one version of its log describes it. */
export interface TableState {
  readonly table: string;
  readonly version: number;
  readonly rows: number;
  /** The landing watermarks, by author. */
  readonly txns: ReadonlyMap<string, number>;
}

export interface TableComparison {
  readonly problems: readonly Problem[];
  readonly inFlight: readonly PartitionRange[];
}

/**
 * Compares a table with what the plans promise to it. A planned row has landed if and only if the
 * table's watermark of its partition has reached it, so rows and watermarks must agree at any time.
 */
export function compareTable(
  state: TableState,
  partitions: readonly PartitionState[],
): TableComparison {
  const parts = partitions.map((partition) => comparePartition(state, partition));
  const expected = parts.reduce((sum, { landed }) => sum + landed, 0);
  const { table, rows } = state;
  const problems = parts.flatMap((part) => part.problems);
  if (rows !== expected) {
    const detail = `${rows} rows, the plans say ${expected}`;
    problems.push({ kind: 'rows', table, detail });
  }
  return {
    problems: [...problems, ...unknownAuthors(state, partitions)],
    inFlight: parts.flatMap((part) => part.inFlight),
  };
}

interface PartitionPart {
  /** Rows of the partition that the watermark covers. */
  readonly landed: number;
  readonly problems: Problem[];
  readonly inFlight: readonly PartitionRange[];
}

function comparePartition(
  { table, txns }: TableState,
  { ledger, settled }: PartitionState,
): PartitionPart {
  const { author, plannedThrough } = ledger;
  const planned = ledger.rowsByTable.get(table) ?? { folded: 0, runs: [] };
  const watermark = txns.get(author);
  const { landed, waiting } = splitAt(planned, watermark);
  const problems: Problem[] = [];
  const missing = rangeOf(waiting.filter((sequenceNumber) => sequenceNumber <= settled));
  if (missing !== undefined) {
    const detail = 'the head says landed, the table does not have them';
    problems.push({ kind: 'not-landed', author, table, ...missing, detail });
  }
  if (watermark !== undefined && watermark > (plannedThrough ?? -1)) {
    const detail = `watermark ${watermark}, planned only through ${plannedThrough ?? 'nothing'}`;
    problems.push({ kind: 'watermark', author, table, detail });
  }
  const range = rangeOf(waiting);
  return { landed, problems, inFlight: range === undefined ? [] : [{ author, ...range }] };
}

function splitAt(
  { folded, runs }: PlannedRows,
  watermark = -1,
): { readonly landed: number; readonly waiting: readonly number[] } {
  const waiting: number[] = [];
  let landed = folded;
  for (const run of runs) {
    const above = run.filter((sequenceNumber) => sequenceNumber > watermark);
    landed += run.length - above.length;
    waiting.push(...above);
  }
  return { landed, waiting };
}

function rangeOf(ascending: readonly number[]) {
  const [first, last] = [ascending[0], ascending.at(-1)];
  return first === undefined || last === undefined ? undefined : { first, last };
}

function unknownAuthors(
  { table, txns }: TableState,
  partitions: readonly PartitionState[],
): readonly Problem[] {
  const known = new Set<string>(partitions.map(({ ledger }) => ledger.author));
  const unknown = [...txns.keys()].filter((author) => !known.has(author));
  const detail = 'has written to the table, but has no ledger';
  return unknown.map((author) => ({ kind: 'unknown-author', author, table, detail }));
}
