import { describe, expect, it } from 'vitest';
import type { BrokerState } from '../../../../local/summary/broker-state.ts';
import type { StoredReport } from '../../../../local/summary/report-codec.ts';
import {
  findFaults,
  findMissing,
  signatureOf,
  summarize,
  type Observation,
} from '../../../../local/summary/verdicts.ts';
import {
  authorOf,
  brokerOf,
  countsOf,
  endOf,
  reportOf,
  sagaCountsOf,
  sagaReportOf,
  sagasOf,
} from '../../../support/observations.ts';

const relay = 'upstream-events/Subscriptions/bronze-relay';

function observe(
  now: Partial<StoredReport>,
  change: Partial<Omit<Observation, 'now' | 'broker'>> & { broker?: Partial<BrokerState> } = {},
): Observation {
  const { broker, ...others } = change;
  return {
    before: reportOf(),
    published: new Map(),
    sagas: sagasOf(),
    elapsedMs: 1_500,
    ...others,
    now: reportOf(now),
    broker: brokerOf(broker),
  };
}

describe('summarize', () => {
  it('counts this run alone, and shows tables and dead letters whole', () => {
    const before = reportOf({
      byOrigin: { events: countsOf(10, 1, 2) },
      deadLetterCodes: { 'json.malformed': 2 },
    });
    const now = {
      byOrigin: { events: countsOf(15, 1, 4), [relay]: countsOf(3) },
      deadLetterCodes: { 'json.malformed': 3, 'bytes.empty': 1 },
      tables: { brz_event_dead_letter: { rows: 4, version: 2 } },
      deadLetters: {
        ...{ open: 3, resolved: 1, byCategory: { schema: 3 } },
        alerts: [{ rule: 'any', role: 'data-engineering', scope: 'total', value: 3, limit: 0 }],
      },
    };
    expect(summarize(observe(now, { before }))).toEqual({
      ...countsOf(8, 0, 2),
      bySource: { events: countsOf(5, 0, 2), [relay]: countsOf(3) },
      tables: now.tables,
      deadLetterCodes: { 'bytes.empty': 1, 'json.malformed': 1 },
      deadLetters: now.deadLetters,
      sagas: { started: 0, completed: 0, compensated: 0, needsHuman: 0, running: 0 },
      sagasByDefinition: {},
      invariants: { violations: 0 },
      elapsedMs: 1_500,
    });
  });

  it('leaves out what this run has not touched', () => {
    const before = reportOf({
      byOrigin: { events: countsOf(1, 0, 1) },
      deadLetterCodes: { 'bytes.empty': 1 },
    });
    const summary = summarize(observe({ ...before }, { before }));
    expect(summary).toMatchObject({ received: 0, bySource: {}, deadLetterCodes: {} });
  });
});

describe('findMissing', () => {
  it('finds nothing when every partition is planned to its end and all has landed', () => {
    const partitions = [{ author: authorOf('events', '0'), planned: 4, settled: -1 }];
    const ends = [endOf('events', '0', 4), endOf('events', '1', -1)];
    expect(findMissing(observe({ partitions }, { broker: { ends } }))).toEqual([]);
  });

  it('names the partition and the range without a verdict', () => {
    const partitions = [
      { author: authorOf('events', '1'), planned: 4, settled: 4 },
      { author: authorOf('events', '11'), planned: 9, settled: 9 },
    ];
    const ends = [endOf('events', '1', 9), endOf('bronze-landing', '0', 2)];
    expect(findMissing(observe({ partitions }, { broker: { ends } }))).toEqual([
      'partition 1 of hub events: 5..9 have no verdict',
      'partition 0 of hub bronze-landing: 0..2 have no verdict',
    ]);
  });

  it('does not take the plans of a former broker for those of this one', () => {
    const former = authorOf('events', '0', '2026-04-30T00:00:00.000Z');
    const partitions = [{ author: former, planned: 99, settled: 99 }];
    const ends = [endOf('events', '0', 4)];
    expect(findMissing(observe({ partitions }, { broker: { ends } }))).toHaveLength(1);
  });

  it('waits for what is planned and has not landed, but not for a former broker', () => {
    const former = authorOf('events', '0', '2026-04-30T00:00:00.000Z');
    const partitions = [{ author: authorOf('events', '0'), planned: 4, settled: -1 }];
    const inFlight = [
      { author: authorOf('events', '0'), first: 2, last: 4 },
      { author: former, first: 7, last: 9 },
    ];
    const ends = [endOf('events', '0', 4)];
    expect(findMissing(observe({ partitions, inFlight }, { broker: { ends } }))).toEqual([
      `${authorOf('events', '0')}: 2..4 are planned, not yet landed`,
    ]);
  });

  it('waits for sagas', () => {
    const now = sagaReportOf({ sagas: sagaCountsOf({ running: 1 }) });
    expect(findMissing(observe({}, { sagas: sagasOf({ now }) }))).toHaveLength(1);
  });

  it('waits for messages that nobody has completed', () => {
    expect(findMissing(observe({}, { broker: { isRelayBusy: true } }))).toEqual([
      'messages wait in the subscription of the relay',
    ]);
    expect(findMissing(observe({}, { broker: { hasDeadLetters: true } }))).toEqual([
      'dead letters of the relay wait to be ingested',
    ]);
  });
});

describe('findFaults', () => {
  it('passes on what is wrong with sagas', () => {
    const now = sagaReportOf({ invariants: { violations: ['SO-1: charged, not shipped'] } });
    expect(findFaults(observe({}, { sagas: sagasOf({ now }) }))).toHaveLength(1);
  });

  it('finds none when the identity holds and all that was published was received', () => {
    const published = new Map([['events', 3]]);
    expect(findFaults(observe({ byOrigin: { events: countsOf(3, 1) } }, { published }))).toEqual(
      [],
    );
  });

  it('names an origin whose verdicts are not what it received', () => {
    const byOrigin = { events: { ...countsOf(3), received: 4 } };
    expect(findFaults(observe({ byOrigin }))).toEqual(['events: received 4, but 3 verdicts']);
  });

  it('names an origin that received less than was published', () => {
    const published = new Map([
      ['events', 2],
      [relay, 1],
    ]);
    expect(findFaults(observe({ byOrigin: { events: countsOf(2) } }, { published }))).toEqual([
      `${relay}: published 1, received 0`,
    ]);
  });

  it('names what the broker gave up in this run, but not what a consumer rejected', () => {
    const before = reportOf({ otherDeadLetterCodes: { 'broker.ttl_expired': 1 } });
    const otherDeadLetterCodes = {
      'broker.ttl_expired': 1,
      'broker.deliveries_exceeded': 2,
      'saga.compensation_failed': 3,
    };
    expect(findFaults(observe({ otherDeadLetterCodes }, { before }))).toEqual([
      'outside Bronze 2 message(s) were dead-lettered: broker.deliveries_exceeded',
    ]);
  });

  it('passes on what reconciling found', () => {
    const problems = [{ kind: 'gap', detail: 'no plan covers them' }];
    expect(findFaults(observe({ problems }))).toEqual(['gap: no plan covers them']);
  });
});

describe('signatureOf', () => {
  it('changes when anything moves, and only then', () => {
    const still = observe({});
    const moved = [
      observe({ partitions: [{ author: 'a', planned: 1, settled: 0 }] }),
      observe({ tables: { t: { rows: 1, version: 1 } } }),
      observe({}, { broker: { ends: [endOf('events', '0', 1)] } }),
      observe({}, { broker: { isRelayBusy: true } }),
      observe({}, { broker: { hasDeadLetters: true } }),
      observe({}, { sagas: sagasOf({ now: sagaReportOf({ changedAt: 1 }) }) }),
    ];
    expect(signatureOf(observe({}, { elapsedMs: 99 }))).toBe(signatureOf(still));
    expect(new Set([still, ...moved].map(signatureOf)).size).toBe(moved.length + 1);
  });
});
