import { join } from 'node:path';
import type { Counts } from './report-codec.ts';
import type { Summary } from './verdicts.ts';

const greatestCodeCount = 15;

/** What there is to say when a run is over. */
export interface Conclusion {
  readonly summary: Summary;
  /** What has no verdict, and sagas that have not ended. */
  readonly missing: readonly string[];
  /** What is wrong although nothing is missing. */
  readonly faults: readonly string[];
}

/** Where a person finds more. */
export interface Whereabouts {
  readonly dataFolder: string;
  /** Address of the HTTP functions; undefined when the runtime is about to end. */
  readonly http: string | undefined;
}

/** The conclusion for a person, with what to try next. */
export function formatSummary(conclusion: Conclusion, whereabouts: Whereabouts): string {
  const { summary } = conclusion;
  return [
    formatOutcome(conclusion, whereabouts.dataFolder),
    summary.received > 0 ? formatVerdicts(summary) : [],
    formatTables(summary.tables),
    formatCodes(summary.deadLetterCodes),
    formatLetters(summary.deadLetters),
    formatSagas(summary),
    formatNextSteps(summary, whereabouts),
  ]
    .filter((part) => part.length > 0)
    .map((part) => `\n${part.join('\n')}\n`)
    .join('');
}

function formatOutcome(
  { summary, missing, faults }: Conclusion,
  dataFolder: string,
): readonly string[] {
  const seconds = (summary.elapsedMs / 1000).toFixed(1);
  if (missing.length > 0) {
    return [
      'Nothing has moved for a minute. Missing:',
      ...missing.map(indent),
      `The logs of the processes are in ${join(dataFolder, 'logs')}.`,
    ];
  }
  if (faults.length > 0) return ['Everything has come to its end, but:', ...faults.map(indent)];
  if (summary.received === 0) return ['Nothing was published.'];
  const { started } = summary.sagas;
  const ended = started > 0 ? `, and every saga has ended: ${started} started` : '';
  return [`Every event has its verdict: ${summary.received} received in ${seconds} s${ended}.`];
}

function formatVerdicts(summary: Summary): readonly string[] {
  const origins = Object.entries(summary.bySource);
  return formatColumns(
    ['from', 'received', 'landed', 'duplicate', 'dead-lettered', 'parked'],
    [...origins.map(([origin, counts]) => countsRow(origin, counts)), countsRow('total', summary)],
  );
}

function formatTables(tables: Summary['tables']): readonly string[] {
  const rows = Object.entries(tables);
  if (rows.length === 0) return [];
  return formatColumns(
    ['Bronze table', 'rows', 'version'],
    rows.map(([name, { rows: count, version }]) => [name, `${count}`, `${version}`]),
  );
}

function formatSagas({ sagas, sagasByDefinition, invariants }: Summary): readonly string[] {
  const definitions = Object.entries(sagasByDefinition);
  if (definitions.length === 0) return [];
  return [
    ...formatColumns(
      ['saga', 'started', 'completed', 'compensated', 'needs-human', 'running'],
      [...definitions.map(([name, counts]) => sagasRow(name, counts)), sagasRow('total', sagas)],
    ),
    // Nothing is known of the balance before all have ended.
    ...(sagas.running === 0 ? [formatBalance(invariants)] : []),
  ];
}

function formatBalance({ violations }: Summary['invariants']): string {
  return violations === 0
    ? 'Money, stock and parcels agree with the final states.'
    : `Money, stock or parcels contradict the final states: ${violations} violation(s).`;
}

function formatNextSteps(
  { tables, sagas }: Summary,
  { dataFolder, http }: Whereabouts,
): readonly string[] {
  const data = dataFolder === '.bronzeflow' ? '' : ` --data ${dataFolder}`;
  const options = data === '' ? '' : ` --${data}`;
  const suggestState = (state: string): string =>
    http === undefined
      ? `  npm run sagas --${data} --state ${state}`
      : `  curl "${http}/api/sagas?state=${state}"`;
  return [
    'What to try next:',
    ...suggestQueries(tables).map((query) => `  npm run sql --${data} "${query}"`),
    `  npm run reconcile${options}`,
    ...(sagas.started > 0 ? [`  npm run sagas${options}`] : []),
    ...statesToLookAt(sagas).map(suggestState),
    `  your own events: the connection strings are in ${join(dataFolder, 'runtime.json')}`,
  ];
}

function suggestQueries(tables: Summary['tables']): readonly string[] {
  const events = exampleTable(tables);
  const count = `select event_type, count(*) from ${events ?? ''} group by all`;
  const letters = 'select error_code, error_detail, raw_payload from brz_event_dead_letter limit 5';
  return [
    ...(events === undefined ? [] : [count]),
    ...('brz_event_dead_letter' in tables ? [letters] : []),
  ];
}

/** The states that a person looks at first. */
function statesToLookAt({ needsHuman, compensated }: Summary['sagas']): readonly string[] {
  return [...(needsHuman > 0 ? ['needs-human'] : []), ...(compensated > 0 ? ['compensated'] : [])];
}

function indent(line: string): string {
  return `  ${line}`;
}

function countsRow(name: string, counts: Counts): readonly string[] {
  const { received, landed, duplicate, deadLettered, parked } = counts;
  return [name, ...[received, landed, duplicate, deadLettered, parked].map(String)];
}

function sagasRow(name: string, counts: Summary['sagas']): readonly string[] {
  const { started, completed, compensated, needsHuman, running } = counts;
  return [name, ...[started, completed, compensated, needsHuman, running].map(String)];
}

function formatCodes(codes: Summary['deadLetterCodes']): readonly string[] {
  const byCount = Object.entries(codes).toSorted(([, left], [, right]) => right - left);
  if (byCount.length === 0) return [];
  const more = byCount.length - greatestCodeCount;
  const rows = byCount.slice(0, greatestCodeCount).map(([code, count]) => [code, String(count)]);
  const rest = more > 0 ? [`... and ${more} more`] : [];
  return [...formatColumns(['dead-lettered because', 'events'], rows), ...rest];
}

function formatLetters(letters: Summary['deadLetters']): readonly string[] {
  const { open, resolved, byCategory, alerts } = letters;
  if (open + resolved === 0) return [];
  const rules = new Set(alerts.map(({ rule, role }) => `${rule} for ${role}`));
  return [
    ...formatColumns(
      ['dead letters', 'open', 'resolved', ...Object.keys(byCategory)],
      [['total', ...[open, resolved, ...Object.values(byCategory)].map(String)]],
    ),
    ...(rules.size === 0 ? [] : [`Alerts raised: ${[...rules].join(', ')}.`]),
  ];
}

/** The fullest event table. */
function exampleTable(tables: Summary['tables']): string | undefined {
  const events = Object.entries(tables).filter(([name]) => name !== 'brz_event_dead_letter');
  const [fullest] = events.toSorted(([, left], [, right]) => right.rows - left.rows);
  return fullest?.[0];
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
