import { formatTextTable } from '../text-table.ts';
import type { Problem } from './problem.ts';
import type { StoredReport } from './reconciler.ts';

/**
 * The report for a person: verdicts by origin, tables, dead letters, what is in flight, and every
 * problem.
 */
export function formatReport(report: StoredReport): string {
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
    ...formatLetters(report.deadLetters),
    ...report.inFlight.map(
      ({ author, first, last }) =>
        `In flight: ${author} ${first}..${last} (planned, not yet landed)`,
    ),
    conclude(report),
    '',
  ].join('\n');
}

function formatLetters(letters: StoredReport['deadLetters']): readonly string[] {
  const { open, resolved, byCategory, alerts } = letters;
  if (open + resolved === 0) return [];
  const categories = Object.entries(byCategory).filter(([, count]) => count > 0);
  const parts = categories.map(([category, count]) => `${category} ${count}`);
  const details = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  const rules = new Set(alerts.map(({ rule, role }) => `${rule} for ${role}`));
  return [
    `Dead letters: ${open} open${details}, ${resolved} resolved.`,
    ...(rules.size === 0 ? [] : [`Alerts raised: ${[...rules].join(', ')}.`]),
  ];
}

function conclude({ problems, partitions }: StoredReport): string {
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
