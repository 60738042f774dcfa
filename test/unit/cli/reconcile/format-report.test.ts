import { describe, expect, it } from 'vitest';
import { formatReport } from '../../../../cli/reconcile/format-report.ts';
import type { StoredReport } from '../../../../cli/reconcile/reconciler.ts';

const counts = { received: 3, landed: 2, duplicate: 1, deadLettered: 0, parked: 0 };
const report: StoredReport = {
  ...counts,
  isReconciled: true,
  identityHolds: true,
  byOrigin: { events: counts },
  tables: { brz_event_x: { rows: 2, version: 1 } },
  deadLetterCodes: {},
  otherDeadLetterCodes: {},
  partitions: [{ author: 'ns/events/i/cg/0', planned: 2, settled: 2 }],
  inFlight: [],
  problems: [],
  deadLetters: {
    ...{ open: 0, resolved: 0, alerts: [] },
    byCategory: { schema: 0, processing: 0, timeout: 0, poison: 0 },
  },
};

describe('formatReport', () => {
  it('shows origins and tables and says what was proved', () => {
    const text = formatReport(report);
    expect(text).toMatch(/events +3 +2 +1 +0 +0\n/);
    expect(text).toMatch(/brz_event_x +2 +1\n/);
    expect(text).toContain('Reconciled: 1 partitions without a gap');
  });

  it('says how many dead letters there are and whom they alert', () => {
    const byCategory = { schema: 2, processing: 0, timeout: 1, poison: 0 };
    const whom = { rule: 'any', role: 'data-engineering', scope: 'total' } as const;
    const alerts = [{ ...whom, value: 3, limit: 0 }];
    const deadLetters = { open: 3, resolved: 4, byCategory, alerts };
    const text = formatReport({ ...report, deadLetters });
    expect(text).toContain('Dead letters: 3 open (schema 2, timeout 1), 4 resolved.');
    expect(text).toContain('Alerts raised: any for data-engineering.');
    expect(formatReport(report)).not.toContain('Dead letters');
  });

  it('names ranges that are in flight', () => {
    const inFlight = [{ author: 'ns/events/i/cg/0', first: 3, last: 9 }];
    expect(formatReport({ ...report, inFlight })).toContain('In flight: ns/events/i/cg/0 3..9');
  });

  it('lists every problem with its place and range', () => {
    const problems = [
      { kind: 'gap', author: 'a', first: 1, last: 3, detail: 'no plan covers them' },
      { kind: 'rows', table: 't', detail: '1 rows, the plans say 2' },
      { kind: 'identity', detail: 'events: received 2, verdicts 1' },
    ] as const;
    expect(formatReport({ ...report, isReconciled: false, problems })).toContain(
      [
        'NOT reconciled, 3 problem(s):',
        '  gap: a 1..3: no plan covers them',
        '  rows: t: 1 rows, the plans say 2',
        '  identity: events: received 2, verdicts 1',
      ].join('\n'),
    );
  });
});
