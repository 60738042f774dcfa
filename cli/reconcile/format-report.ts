import { formatTextTable } from '../text-table.ts';
import type { Problem } from './problem.ts';
import type { ReconcileReport } from './report.ts';

/** The report for a person: verdicts by origin, tables, what is in flight, and every problem. */
export function formatReport(report: ReconcileReport): string {
  return [
    formatTextTable(
      ['origin', 'received', 'landed', 'duplicate', 'dead-lettered', 'parked'],
      Object.entries(report.byOrigin).map(([origin, counts]) =>
        [
          origin,
          counts.received,
          counts.landed,
          counts.duplicate,
          counts.deadLettered,
          counts.parked,
        ].map(String),
      ),
    ),
    formatTextTable(
      ['table', 'rows', 'version'],
      Object.entries(report.tables).map(([table, { rows, version }]) =>
        [table, rows, version].map(String),
      ),
    ),
    ...report.inFlight.map(
      ({ author, first, last }) =>
        `In flight: ${author} ${first}..${last} (planned, not yet landed)`,
    ),
    conclude(report),
    '',
  ].join('\n');
}

function conclude({ problems, partitions }: ReconcileReport): string {
  if (problems.length === 0) {
    return `Reconciled: ${partitions.length} partitions without a gap; received = landed + duplicate + dead-lettered + parked for every origin; the tables hold what the plans say.`;
  }
  return [`NOT reconciled, ${problems.length} problem(s):`, ...problems.map(formatProblem)].join(
    '\n',
  );
}

function formatProblem({ kind, author, table, first, last, detail }: Problem): string {
  const range = first === undefined || last === undefined ? undefined : `${first}..${last}`;
  const where = [table, author, range].filter((part) => part !== undefined).join(' ');
  return `  ${kind}: ${where === '' ? '' : `${where}: `}${detail}`;
}
