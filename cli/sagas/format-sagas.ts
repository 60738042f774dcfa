import type { ListedSaga } from '../../shared/ports/saga-listing.ts';
import { formatTextTable } from '../text-table.ts';
import type { SagaCounts, SagaReport } from './saga-report.ts';

/** The report for a person; `listed` are the sagas of the state that was asked for. */
export function formatSagas(report: SagaReport, listed?: readonly ListedSaga[]): string {
  const { active, needsHuman, reasons, sagas } = report;
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
    conclude(report.invariants),
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

function conclude(invariants: SagaReport['invariants']): string {
  const { checked, violations } = invariants ?? { checked: 0, violations: [] };
  if (violations.length === 0) {
    return `Balanced: money, stock and parcels of ${checked} ended saga(s) agree with their final states.`;
  }
  return [
    `NOT balanced, ${violations.length} violation(s):`,
    ...violations.map(({ sagaId, detail }) => `  ${sagaId}: ${detail}`),
  ].join('\n');
}
