import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parkedCode } from '../../../../shared/kernel/order-key.ts';
import { replaySlice } from '../../../../shared/deadletter/replay/replay-slice.ts';
import { resumeReplays } from '../../../../shared/deadletter/replay/resume-replays.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { DeadLetterRecord } from '../../../../shared/ports/dead-letters.ts';
import {
  createReplayWorld,
  eventLetter,
  type Change,
} from '../../../support/dead-letters/replay-world.ts';

const wish = { by: 'ada', why: 'a test', isDryRun: false };
const later = epochMs(Number.MAX_SAFE_INTEGER);

class Crash extends Error {}

/** A process that ends at its n-th change, before the change is made or before it knows of it. */
function dyingAt(nth: number, isMade: boolean): Change {
  let changes = 0;
  return async (_name, effect) => {
    changes += 1;
    if (changes > nth || (changes === nth && !isMade)) throw new Crash();
    const answer = await effect();
    if (changes === nth) throw new Crash();
    return answer;
  };
}

/** Letters of a few sessions of an ordered queue; of each session the first has failed. */
const someLetters = fc
  .array(fc.constantFrom('a', 'b', 'c', undefined), { minLength: 1, maxLength: 12 })
  .map((sessions) => {
    const begun = new Set<string>();
    return sessions.map((session, minute): DeadLetterRecord => {
      const isParked = session !== undefined && begun.has(session);
      if (session !== undefined) begun.add(session);
      return eventLetter(`e${minute}`, minute, {
        sessionId: session ?? null,
        ...(isParked && { code: parkedCode, failureGroup: `order ${parkedCode}` }),
      });
    });
  });

const crashes = fc.array(
  fc.record({
    nth: fc.integer({ min: 1, max: 20 }),
    isMade: fc.boolean(),
    way: fc.constantFrom('slice', 'timer'),
  }),
  { maxLength: 8 },
);

function eventsOf(records: readonly DeadLetterRecord[], session: string): readonly string[] {
  return records
    .filter(({ sessionId }) => sessionId === session)
    .map(({ eventId }) => eventId ?? '');
}

async function expectAllDone(
  world: ReturnType<typeof createReplayWorld>,
  records: readonly DeadLetterRecord[],
): Promise<void> {
  const handled = [...world.handled.values()].map(({ deadLetterId }) => deadLetterId);
  expect(handled.toSorted()).toEqual(records.map(({ id }) => id).toSorted());
  for (const { id } of records) {
    const ids = world.sent.filter(({ content }) => content.deadLetterId === id);
    expect(new Set(ids.map(({ replayId }) => replayId)).size).toBe(1);
    const file = await world.store.show(id);
    expect(file?.resolution).toMatchObject({ state: 'replayed', replay: { id: ids[0]?.replayId } });
    expect(file?.audit.filter(({ action }) => action === 'replay')).toHaveLength(1);
    expect(file?.staged).toBeUndefined();
  }
  const order = [...world.handled.keys()].map((key) => key.split(' ').at(-1) ?? '');
  for (const session of ['a', 'b', 'c']) {
    const ofSession = eventsOf(records, session);
    expect(order.filter((event) => ofSession.includes(event))).toEqual(ofSession);
  }
}

describe('replays of processes that die', () => {
  it('take effect once, in order, and are never lost', async () => {
    await fc.assert(
      fc.asyncProperty(someLetters, crashes, async (records, deaths) => {
        const world = createReplayWorld(records);
        await world.record();
        for (const { nth, isMade, way } of deaths) {
          const ports = world.portsOf(dyingAt(nth, isMade));
          const work: Promise<unknown> =
            way === 'timer' ? resumeReplays(ports, later) : replaySlice(ports, { limit: 20 }, wish);
          await work.catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
          });
        }
        await replaySlice(world.portsOf(), { limit: 20 }, wish);
        await resumeReplays(world.portsOf(), later);
        await expectAllDone(world, records);
      }),
      { numRuns: 300 },
    );
  });

  it('take effect once although many replay the same letters at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(someLetters, fc.scheduler(), async (records, scheduler) => {
        const world = createReplayWorld(records);
        await world.record();
        const interleaved: Change = async (name, effect) => {
          await scheduler.schedule(Promise.resolve(), name);
          const answer = await effect();
          await scheduler.schedule(Promise.resolve(), `${name} is known`);
          return answer;
        };
        const works = [
          replaySlice(world.portsOf(interleaved), { limit: 20 }, wish),
          replaySlice(world.portsOf(interleaved), { limit: 20 }, wish),
          resumeReplays(world.portsOf(interleaved), later),
        ];
        await scheduler.waitFor(Promise.all(works));
        await replaySlice(world.portsOf(), { limit: 20 }, wish);
        await resumeReplays(world.portsOf(), later);
        await expectAllDone(world, records);
      }),
      { numRuns: 200 },
    );
  });
});
