import { describe, expect, it } from 'vitest';
import type { DecidedMessage } from '../../../../shared/ingest/decide.ts';
import { deadLetterTable } from '../../../../shared/ingest/dead-letter-rows.ts';
import { cutStretch, makePlan } from '../../../../shared/ingest/plan.ts';
import type { Stretch } from '../../../../shared/ingest/stretch.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { Verdict } from '../../../../shared/ports/ledger.ts';
import { createMemoryHub } from '../../../support/ingest-world/memory-hub.ts';
import { bodyOf, createTestReader } from '../../../support/ingest-world/test-events.ts';

const now = epochMs(1_763_683_200_000);
const landed: Verdict = { kind: 'landed', table: 'brz_event_first' };
const duplicate: Verdict = { kind: 'duplicate' };
const dead: Verdict = {
  kind: 'dead-lettered',
  rejection: { category: 'schema', violations: [{ code: 'x', detail: 'y' }] },
};

/** Messages 0, 1, ... with these verdicts for their items. */
function decide(...verdicts: readonly (readonly Verdict[])[]): {
  stretch: Stretch;
  messages: DecidedMessage[];
} {
  const hub = createMemoryHub();
  const messages = verdicts.map((of) => {
    const message = hub.send('0', {
      body: bodyOf(...of.map((_, n) => ({ id: `${n}`, payload: '' }))),
    });
    const items = createTestReader('A').read(message);
    return { message, origin: 'events', items, verdicts: of };
  });
  const stretch = {
    first: 0,
    last: verdicts.length - 1,
    messages: messages.map(({ message }) => message),
    lost: [],
  };
  return { stretch, messages };
}

describe('makePlan', () => {
  it('counts every verdict and knows the last row of each table', () => {
    const { stretch, messages } = decide([landed, dead], [duplicate], [landed], [duplicate]);
    expect(makePlan(stretch, messages, now)).toMatchObject({
      first: 0,
      last: 3,
      plannedAt: now,
      countsByOrigin: new Map([
        ['events', { received: 5, landed: 2, duplicate: 2, deadLettered: 1, parked: 0 }],
      ]),
      lastByTable: new Map([
        ['brz_event_first', 2],
        [deadLetterTable, 0],
      ]),
    });
  });

  it('makes a plan of what is lost alone', () => {
    const stretch = { first: 4, last: 9, messages: [], lost: [{ first: 4, last: 9 }] };
    expect(makePlan(stretch, [], now)).toMatchObject({ first: 4, last: 9, items: [] });
  });

  it('refuses to pass an item that has no verdict', () => {
    const { stretch, messages } = decide([landed, landed]);
    const [message] = messages;
    if (message === undefined) throw new Error('no message');
    const without = [{ ...message, verdicts: [landed] }];
    expect(() => makePlan(stretch, without, now)).toThrow('exactly one verdict');
  });

  it('refuses to pass a message that is neither decided nor lost', () => {
    const { stretch, messages } = decide([landed], [landed], [landed]);
    const refused = [
      messages.slice(1),
      messages.slice(0, 2),
      messages.filter((_, place) => place !== 1),
    ];
    for (const some of refused) {
      expect(() => makePlan(stretch, some, now)).toThrow('exactly one verdict');
    }
  });

  it('refuses to decide a message twice, or one that is lost', () => {
    const { stretch, messages } = decide([landed], [landed]);
    const twice = [...messages, ...messages];
    expect(() => makePlan(stretch, twice, now)).toThrow('exactly one verdict');
    const lost = { ...stretch, lost: [{ first: 1, last: 1 }] };
    expect(() => makePlan(lost, messages, now)).toThrow('exactly one verdict');
  });
});

describe('cutStretch', () => {
  it('ends with the last message that it keeps and forgets what was lost later', () => {
    const { stretch } = decide([landed], [landed], [landed]);
    const lost = [{ first: 3, last: 5 }];
    expect(cutStretch({ ...stretch, last: 5, lost }, 2)).toMatchObject({ last: 1, lost: [] });
  });
});
