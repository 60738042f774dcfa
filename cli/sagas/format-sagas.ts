import type { Flow, Totals } from '../../domain/balance.ts';
import type { Decimal } from '../../shared/kernel/decimal.ts';
import type { ListedSaga } from '../../shared/ports/saga-listing.ts';
import { formatTextTable } from '../text-table.ts';
import type { SagaReading } from './saga-reader.ts';
import type { SagaCounts, SagaInvariants, SagaReport } from './saga-report.ts';

/** The report for a person; `listed` are the sagas of the state that was asked for. */
export function formatSagas(report: SagaReading['report'], listed?: SagaReading['listed']): string {
  const { active, needsHuman, reasons, sagas, invariants } = report;
  const rows = Object.entries(report.byDefinition).map(([name, counts]) => countsRow(name, counts));
  return [
    formatTextTable(
      ['saga', 'started', 'completed', 'compensated', 'needs-human', 'running'],
      [...rows, countsRow('total', sagas)],
    ),
    ...section('Why sagas did not complete:', formatReasons(reasons)),
    ...(listed === undefined
      ? [
          ...section('Waiting for a person:', formatList(needsHuman, sagas.needsHuman)),
          ...section('Not ended:', formatList(active, sagas.running)),
        ]
      : [formatList(listed, listed.length)]),
    ...section('Money, stock and parcels:', formatTotals(invariants.totals)),
    conclude(invariants),
    '',
  ].join('\n');
}

function countsRow(name: string, counts: SagaCounts): readonly string[] {
  const { started, completed, compensated, needsHuman, running } = counts;
  return [name, ...[started, completed, compensated, needsHuman, running].map(String)];
}

function section(title: string, body: string): readonly string[] {
  return body === '' ? [] : [title, body];
}

function formatReasons(reasons: SagaReport['reasons']): string {
  const rows = Object.entries(reasons).toSorted(([, left], [, right]) => right - left);
  if (rows.length === 0) return '';
  return formatTextTable(
    ['reason', 'sagas'],
    rows.map(([reason, count]) => [reason, String(count)]),
  );
}

function formatList(sagas: readonly ListedSaga[], total: number): string {
  if (total === 0) return '';
  const table = formatTextTable(
    ['id', 'saga', 'state', 'started', 'changed', 'reason'],
    sagas.map(({ sagaId, definition, phase, startedAt, changedAt, reason }) => [
      ...[sagaId, definition, phase, toText(startedAt), toText(changedAt), reason],
    ]),
  );
  const more = total - sagas.length;
  return more > 0 ? `${table}... and ${more} more\n` : table;
}

function toText(at: number): string {
  return new Date(at).toISOString();
}

function formatTotals({ money, reserved, received, parcels }: Totals): string {
  const rows = [
    ...Object.entries(money).map(([currency, flow]) => totalsRow(`${currency} charged`, flow)),
    totalsRow('units reserved', reserved),
    totalsRow('units received', received),
    totalsRow('parcels shipped', parcels),
  ].filter(([, done]) => done !== '0');
  return rows.length === 0 ? '' : formatTextTable(['what', 'in all', 'undone', 'stands'], rows);
}

function totalsRow(what: string, flow: Flow<Decimal | number>): readonly string[] {
  return [what, ...[flow.done, flow.undone, flow.standing].map(String)];
}

function conclude({ checked, violations }: SagaInvariants): string {
  if (violations.length === 0) {
    return `Balanced: money, stock and parcels of ${checked} saga(s) agree with their states.`;
  }
  return [
    `NOT balanced, ${violations.length} violation(s):`,
    ...violations.map((violation) => `  ${violation}`),
  ].join('\n');
}
