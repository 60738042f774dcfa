import type { Counts } from './report-codec.ts';
import type { Summary } from './verdicts.ts';

const greatestCodeCount = 15;

/** What there is to say when a run is over. */
export interface Conclusion {
  readonly summary: Summary;
  /** What has no verdict. */
  readonly missing: readonly string[];
  /** What is wrong although everything has a verdict. */
  readonly faults: readonly string[];
}

/** The conclusion for a person, with what to try next. */
export function formatSummary(conclusion: Conclusion, dataFolder: string): string {
  const { bySource, tables, deadLetterCodes } = conclusion.summary;
  return [
    '',
    ...formatOutcome(conclusion),
    '',
    ...formatColumns(
      ['from', 'received', 'landed', 'duplicate', 'dead-lettered', 'parked'],
      [
        ...Object.entries(bySource).map(([origin, counts]) => countsRow(origin, counts)),
        countsRow('total', conclusion.summary),
      ],
    ),
    '',
    ...formatColumns(
      ['Bronze table', 'rows', 'version'],
      Object.entries(tables).map(([name, { rows, version }]) => [name, `${rows}`, `${version}`]),
    ),
    '',
    ...formatCodes(deadLetterCodes),
    ...formatNextSteps(tables, dataFolder),
  ].join('\n');
}

function formatOutcome({ summary, missing, faults }: Conclusion): readonly string[] {
  const seconds = (summary.elapsedMs / 1000).toFixed(1);
  if (missing.length > 0)
    return ['Nothing has moved for a minute. Missing:', ...missing.map(indent)];
  if (faults.length > 0) return ['Every event has a verdict, but:', ...faults.map(indent)];
  return [`Every event has its verdict: ${summary.received} received in ${seconds} s.`];
}

function formatNextSteps(tables: Summary['tables'], dataFolder: string): readonly string[] {
  const data = dataFolder === '.bronzeflow' ? '' : ` --data ${dataFolder}`;
  const count = `select event_type, count(*) from ${exampleTable(tables)} group by all`;
  const letters = 'select error_code, error_detail, raw_payload from brz_event_dead_letter limit 5';
  return [
    'What to try next:',
    `  npm run sql --${data} "${count}"`,
    `  npm run sql --${data} "${letters}"`,
    `  npm run reconcile${data === '' ? '' : ` --${data}`}`,
    '',
  ];
}

function indent(line: string): string {
  return `  ${line}`;
}

function countsRow(name: string, counts: Counts): readonly string[] {
  const { received, landed, duplicate, deadLettered, parked } = counts;
  return [name, ...[received, landed, duplicate, deadLettered, parked].map(String)];
}

function formatCodes(codes: Summary['deadLetterCodes']): readonly string[] {
  const byCount = Object.entries(codes).toSorted(([, left], [, right]) => right - left);
  if (byCount.length === 0) return [];
  const more = byCount.length - greatestCodeCount;
  const rows = byCount.slice(0, greatestCodeCount).map(([code, count]) => [code, String(count)]);
  const rest = more > 0 ? [`... and ${more} more`] : [];
  return [...formatColumns(['dead-lettered because', 'events'], rows), ...rest, ''];
}

/** An event table if there is one, the fullest. */
function exampleTable(tables: Summary['tables']): string {
  const events = Object.entries(tables).filter(([name]) => name !== 'brz_event_dead_letter');
  const [fullest] = events.toSorted(([, left], [, right]) => right.rows - left.rows);
  return fullest?.[0] ?? 'brz_event_dead_letter';
}

/** Text left, numbers right. */
function formatColumns(
  names: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = names.map((name, index) =>
    Math.max(name.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  return [names, ...rows].map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return index === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
