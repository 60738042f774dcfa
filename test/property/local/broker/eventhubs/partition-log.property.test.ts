import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs, epochMs } from '../../../../../shared/kernel/time.ts';
import {
  PartitionLog,
  type LoggedEvent,
  type NewEvent,
  type Retention,
  type StartPosition,
} from '../../../../../local/broker/eventhubs/partition-log.ts';

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 50 }) }) },
  { weight: 1, arbitrary: fc.record({ wait: fc.integer({ min: 0, max: 40 }) }) },
);

const retention: fc.Arbitrary<Retention> = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 1, max: 6 }).map((maxEvents) => ({ maxEvents })),
  fc.integer({ min: 1, max: 60 }).map((maxAge) => ({ maxAge: durationMs(maxAge) })),
);

/** Runs the steps on a log and on a plain list of everything that was ever appended. */
function runSteps(
  steps: readonly ({ append: number } | { wait: number })[],
  limits: Retention,
): { log: PartitionLog<string>; kept: readonly LoggedEvent<string>[]; appended: number } {
  const log = new PartitionLog<string>(limits);
  const all: LoggedEvent<string>[] = [];
  let now = 1_750_000_000_000;
  for (const each of steps) {
    if ('wait' in each) now += each.wait;
    else all.push(log.append(newEvent(each.append), epochMs(now)));
  }
  log.applyRetention(epochMs(now));
  const { maxEvents = Infinity, maxAge = Infinity } = limits;
  const kept = all
    .slice(Math.max(0, all.length - maxEvents))
    .filter((logged) => logged.enqueuedAt >= now - maxAge);
  return { log, kept, appended: all.length };
}

const run = fc.tuple(fc.array(step), retention).map(([steps, limits]) => runSteps(steps, limits));

const newEvent = (sizeBytes: number): NewEvent<string> => ({ sizeBytes, place: () => 'event' });

describe('The log of a partition', () => {
  it('numbers without a gap and keeps exactly what its retention says', () => {
    fc.assert(
      fc.property(run, ({ log, kept, appended }) => {
        const begin = appended - kept.length;
        expect(log.summarize()).toMatchObject({
          beginSequenceNumber: begin,
          lastSequenceNumber: appended - 1,
          isEmpty: kept.length === 0,
        });
        expect(kept.map((logged) => logged.sequenceNumber)).toEqual(
          kept.map((_, index) => begin + index),
        );
        const read = kept.map((logged) => log.readFrom(logged.sequenceNumber));
        expect(read).toEqual(kept);
        expect(log.readFrom(0)).toEqual(kept[0]);
        expect(log.readFrom(appended)).toBeUndefined();
      }),
    );
  });

  it('starts a reader at the first kept event that lies beyond its position', () => {
    fc.assert(
      fc.property(run, fc.boolean(), fc.nat(), ({ log, kept, appended }, isInclusive, at) => {
        const target = kept[at % Math.max(kept.length, 1)];
        if (target === undefined) return;
        const positions: readonly [StartPosition, (logged: LoggedEvent<string>) => number][] = [
          [
            { by: 'sequence-number', value: target.sequenceNumber, isInclusive },
            (logged) => logged.sequenceNumber - target.sequenceNumber,
          ],
          [
            { by: 'offset', value: target.offset, isInclusive },
            (logged) => logged.offset - target.offset,
          ],
          [
            { by: 'enqueued-time', value: target.enqueuedAt, isInclusive },
            (logged) => logged.enqueuedAt - target.enqueuedAt,
          ],
        ];
        for (const [position, distance] of positions) {
          const first = kept.find((logged) => distance(logged) > (isInclusive ? -1 : 0));
          expect(log.findStart(position), position.by).toBe(first?.sequenceNumber ?? appended);
        }
      }),
    );
  });

  it('refuses a position that lies behind its end', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: 1, max: 1e9 }), ({ log, appended }, far) => {
        const sequenceNumber = { value: appended + far, isInclusive: true };
        expect(log.findStart({ by: 'sequence-number', ...sequenceNumber })).toBeUndefined();
        const offset = { value: 50 * (appended + far), isInclusive: false };
        expect(log.findStart({ by: 'offset', ...offset })).toBeUndefined();
        const end = { value: appended - 1, isInclusive: false };
        expect(log.findStart({ by: 'sequence-number', ...end })).toBe(appended);
      }),
    );
  });
});
