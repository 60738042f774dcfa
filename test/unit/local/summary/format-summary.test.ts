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
  deadLetters: {
    ...{ open: 11, resolved: 2 },
    byCategory: { schema: 10, processing: 0, timeout: 1, poison: 0 },
    alerts: ['total', 'origin events'].map((scope) => {
      return { rule: 'growth', role: 'investigation', scope, value: 11, limit: 10 };
    }),
  },
  sagas: { started: 9, completed: 6, compensated: 2, needsHuman: 1, running: 0 },
  sagasByDefinition: {
    'material-receipt': { started: 2, completed: 2, compensated: 0, needsHuman: 0, running: 0 },
    'order-fulfilment': { started: 7, completed: 4, compensated: 2, needsHuman: 1, running: 0 },
  },
  invariants: { violations: 0 },
  elapsedMs: 2_345,
};
const here = { dataFolder: '.bronzeflow', http: 'http://127.0.0.1:7071' };
const fine = { summary, missing: [], faults: [] };

describe('formatSummary', () => {
  it('shows verdicts by source with their total, in columns', () => {
    const text = formatSummary(fine, here);
    expect(text).toContain(
      [
        'from    received  landed  duplicate  dead-lettered  parked',
        'events         6       3          1              2       0',
        'total          6       3          1              2       0',
      ].join('\n'),
    );
    expect(text).toContain(
      'Every event has its verdict: 6 received in 2.3 s, and every saga has ended: 9 started.',
    );
  });

  it('shows every table with its rows and what was dead-lettered, the most frequent first', () => {
    const text = formatSummary(fine, here);
    expect(text).toMatch(/brz_event_erp_salesorder_created +12 +7\n/);
    expect(text).toMatch(/json\.malformed +9\nbytes\.empty +1\n/);
  });

  it('shows dead letters by state and category, and whom they alert', () => {
    const text = formatSummary(fine, here);
    expect(text).toContain(
      [
        'dead letters  open  resolved  schema  processing  timeout  poison',
        'total           11         2      10           0        1       0',
        'Alerts raised: growth for investigation.',
      ].join('\n'),
    );
    const calm = { ...summary, deadLetters: { ...summary.deadLetters, alerts: [] } };
    expect(formatSummary({ ...fine, summary: calm }, here)).not.toContain('Alerts');
  });

  it('says what to try next, on the fullest table and this data folder', () => {
    const text = formatSummary(fine, here);
    expect(text).toContain(
      'npm run sql -- "select event_type, count(*) from brz_event_erp_salesorder',
    );
    expect(text).toContain('npm run reconcile\n');
    const elsewhere = formatSummary(fine, { ...here, dataFolder: '/tmp/x' });
    expect(elsewhere).toContain('npm run reconcile -- --data /tmp/x\n');
    expect(elsewhere).toContain('npm run sql -- --data /tmp/x "select');
  });

  it('names what is missing and where the logs are', () => {
    const missing = ['partition 0 of hub events: 0..4 have no verdict'];
    const text = formatSummary({ ...fine, missing }, here);
    expect(text).toContain('Missing:\n  partition 0 of hub events');
    expect(text).toContain('.bronzeflow/logs');
    expect(text).not.toContain('Every event has its verdict');
  });

  it('names what is wrong although everything has a verdict', () => {
    const text = formatSummary({ ...fine, faults: ['events: received 4, but 3'] }, here);
    expect(text).toContain('Everything has come to its end, but:\n  events: received 4, but 3');
  });

  it('does not invent tables or verdicts when nothing was published', () => {
    const none = { received: 0, landed: 0, duplicate: 0, deadLettered: 0, parked: 0 };
    const empty: Summary = {
      ...{ ...summary, ...none, bySource: {}, tables: {}, deadLetterCodes: {} },
      deadLetters: { open: 0, resolved: 0, byCategory: {}, alerts: [] },
      sagas: { started: 0, completed: 0, compensated: 0, needsHuman: 0, running: 0 },
      sagasByDefinition: {},
    };
    const text = formatSummary({ ...fine, summary: empty }, here);
    expect(text).toContain('Nothing was published.');
    expect(text).not.toMatch(
      /from {2}|Bronze table|npm run sql|npm run sagas|parcels|dead letters/,
    );
  });

  it('shows sagas by final state with their total, and that they are balanced', () => {
    const text = formatSummary(fine, here);
    expect(text).toContain(
      [
        'saga              started  completed  compensated  needs-human  running',
        'material-receipt        2          2            0            0        0',
        'order-fulfilment        7          4            2            1        0',
        'total                   9          6            2            1        0',
        'Money, stock and parcels agree with the final states.',
      ].join('\n'),
    );
  });

  it('says how often sagas are not balanced, once all have ended', () => {
    const running = { ...summary, sagas: { ...summary.sagas, running: 1 } };
    expect(formatSummary({ ...fine, summary: running }, here)).not.toContain('final states');
    const wrong = { ...summary, invariants: { violations: 3 } };
    const text = formatSummary({ ...fine, summary: wrong }, here);
    expect(text).toContain('contradict the final states: 3 violation(s).');
  });

  it('says where to look at sagas, and at those that wait for a person', () => {
    const text = formatSummary(fine, here);
    expect(text).toContain('npm run sagas\n');
    expect(text).toContain('curl "http://127.0.0.1:7071/api/sagas?state=needs-human"');
    const ending = formatSummary(fine, { ...here, http: undefined });
    expect(ending).toContain('npm run sagas -- --state needs-human\n');
    expect(ending).not.toContain('curl');
    const calm = { ...summary, sagas: { ...summary.sagas, needsHuman: 0, compensated: 0 } };
    expect(formatSummary({ ...fine, summary: calm }, here)).not.toMatch(/curl|--state/);
  });

  it('cuts a long list of codes and says so', () => {
    const codes = Array.from({ length: 20 }, (_, index) => [`code.${index}`, index + 1] as const);
    const many = { ...summary, deadLetterCodes: Object.fromEntries(codes) };
    const text = formatSummary({ ...fine, summary: many }, here);
    expect(text).toContain('... and 5 more');
    expect(text).not.toContain('code.4 ');
  });
});
