import { describe, expect, it } from 'vitest';
import { formatSummary } from '../../../../local/summary/format-summary.ts';
import type { Summary } from '../../../../local/summary/verdicts.ts';

const counts = { received: 6, landed: 3, duplicate: 1, deadLettered: 2, parked: 0 };
const summary: Summary = {
  ...counts,
  bySource: { events: counts },
  tables: {
    brz_event_dead_letter: { rows: 20, version: 4 },
    brz_event_erp_salesorder_created: { rows: 12, version: 7 },
    brz_event_mes_shift_completed: { rows: 3, version: 1 },
  },
  deadLetterCodes: { 'bytes.empty': 1, 'json.malformed': 9 },
  elapsedMs: 2_345,
};
const fine = { summary, missing: [], faults: [] };

describe('formatSummary', () => {
  it('shows verdicts by source with their total, in columns', () => {
    const text = formatSummary(fine, '.bronzeflow');
    expect(text).toContain(
      [
        'from    received  landed  duplicate  dead-lettered  parked',
        'events         6       3          1              2       0',
        'total          6       3          1              2       0',
      ].join('\n'),
    );
    expect(text).toContain('Every event has its verdict: 6 received in 2.3 s.');
  });

  it('shows every table with its rows and what was dead-lettered, the most frequent first', () => {
    const text = formatSummary(fine, '.bronzeflow');
    expect(text).toMatch(/brz_event_erp_salesorder_created +12 +7\n/);
    expect(text).toMatch(/json\.malformed +9\nbytes\.empty +1\n/);
  });

  it('says what to try next, on the fullest table and this data folder', () => {
    const text = formatSummary(fine, '.bronzeflow');
    expect(text).toContain(
      'npm run sql -- "select event_type, count(*) from brz_event_erp_salesorder',
    );
    expect(text).toContain('npm run reconcile\n');
    const elsewhere = formatSummary(fine, '/tmp/x');
    expect(elsewhere).toContain('npm run reconcile -- --data /tmp/x\n');
    expect(elsewhere).toContain('npm run sql -- --data /tmp/x "select');
  });

  it('names what is missing and where the logs are', () => {
    const missing = ['partition 0 of hub events: 0..4 have no verdict'];
    const text = formatSummary({ ...fine, missing }, '.bronzeflow');
    expect(text).toContain('Missing:\n  partition 0 of hub events');
    expect(text).toContain('.bronzeflow/logs');
    expect(text).not.toContain('Every event has its verdict');
  });

  it('names what is wrong although everything has a verdict', () => {
    const text = formatSummary({ ...fine, faults: ['events: received 4, but 3'] }, '.bronzeflow');
    expect(text).toContain('Every event has a verdict, but:\n  events: received 4, but 3');
  });

  it('does not invent tables or verdicts when nothing was published', () => {
    const none = { received: 0, landed: 0, duplicate: 0, deadLettered: 0, parked: 0 };
    const empty = { ...summary, ...none, bySource: {}, tables: {}, deadLetterCodes: {} };
    const text = formatSummary({ ...fine, summary: empty }, '.bronzeflow');
    expect(text).toContain('Nothing was published.');
    expect(text).not.toMatch(/from {2}|Bronze table|npm run sql/);
  });

  it('cuts a long list of codes and says so', () => {
    const codes = Array.from({ length: 20 }, (_, index) => [`code.${index}`, index + 1] as const);
    const many = { ...summary, deadLetterCodes: Object.fromEntries(codes) };
    const text = formatSummary({ ...fine, summary: many }, '.bronzeflow');
    expect(text).toContain('... and 5 more');
    expect(text).not.toContain('code.4 ');
  });
});
