import { replayLetter, type ReplayPorts } from '../../../shared/deadletter/replay/replay-letter.ts';
import type { ReplayWays } from '../../../shared/deadletter/replay/replay-ways.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { DeadLetterRecord } from '../../../shared/ports/dead-letters.ts';
import type { Log } from '../../../shared/ports/log.ts';
import type { ReplayContent, ReplayTarget } from '../../../shared/ports/replays.ts';
import { createMemoryDeadLetters } from './memory-dead-letters.ts';
import { sampleInstant, sampleLetter } from './sample-letters.ts';

/** What a broker was given. */
export interface Sent {
  readonly target: ReplayTarget;
  readonly replayId: string;
  readonly content: ReplayContent;
}

/** Every change that replaying makes goes through here: it may be delayed, fail or be the last. */
export type Change = <Answer>(name: string, effect: () => Promise<Answer>) => Promise<Answer>;

const straight: Change = (_name, effect) => effect();
const ignore = (): void => undefined;
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const sampleWays: ReplayWays = {
  bronze: {
    hub: 'bronze-landing',
    origins: ['events', 'bronze-landing', 'topic/Subscriptions/relay'],
  },
  queues: ['orders', 'payment-commands'],
  handlers: { queue: 'dead-letter-replays', origins: ['topic/Subscriptions/sagas'] },
  chosen: new Map([['foreign/Subscriptions/theirs', 'theirs-repair']]),
};

/** Dead letters in memory, and consumers that know copies by the event's identity. */
export function createReplayWorld(records: readonly DeadLetterRecord[]) {
  const store = createMemoryDeadLetters({ now: () => epochMs(sampleInstant + 3_600_000) });
  const sent: Sent[] = [];
  const handled = new Map<string, ReplayContent>();
  let blobs = new Map<string, Uint8Array>();
  const consume = (one: Sent): void => {
    sent.push(one);
    const { source, id } = identityOf(one.content);
    const key = `${one.content.origin} ${source} ${id}`;
    if (!handled.has(key)) handled.set(key, one.content);
  };
  const portsOf = (change: Change = straight): ReplayPorts => ({
    desk: {
      show: (id) => store.show(id),
      list: (query) => store.list(query),
      tallies: () => store.tallies(),
      settle: (id, settling) => change('settle', () => store.settle(id, settling)),
    },
    book: {
      stage: (id, staging) => change('stage', () => store.stage(id, staging)),
      withdraw: (id, replayId) => change('withdraw', () => store.withdraw(id, replayId)),
      staged: (before, limit) => store.staged(before, limit),
    },
    payloads: {
      get: (reference) => {
        const bytes = blobs.get(reference);
        if (bytes !== undefined) return Promise.resolve(bytes);
        const gone = new AppError('storage.unexpected_answer', 'gone', { kind: 'permanent' });
        return Promise.reject(gone);
      },
    },
    sender: {
      send: (target, replayId, content) =>
        change('send', () => {
          consume({ target, replayId, content });
          return Promise.resolve();
        }),
    },
    probe: { predict: () => Promise.resolve({ kind: 'would-pass' }) },
    ways: sampleWays,
    log: silent,
  });
  return {
    store,
    sent,
    /** What took effect, in order, by consumer and event. */
    handled,
    portsOf,
    record: () => store.record(records),
    putBlob: (name: string, bytes: Uint8Array) => {
      blobs = new Map([...blobs, [name, bytes]]);
    },
    replay: async (id: string, wish: Partial<Parameters<typeof replayLetter>[2]> = {}) => {
      const file = await store.show(id);
      if (file === undefined) throw new Error('there is no such letter');
      return await replayLetter(portsOf(), file, {
        ...{ by: 'ada', why: 'a test', isDryRun: false },
        ...wish,
      });
    },
  };
}

function identityOf({ body }: ReplayContent): { readonly source: string; readonly id: string } {
  return JSON.parse(Buffer.from(body).toString('utf8')) as { source: string; id: string };
}

/** A letter with an event of its own. */
export function eventLetter(
  name: string,
  minute: number,
  fields: Partial<DeadLetterRecord> = {},
): DeadLetterRecord {
  const content = JSON.stringify({ specversion: '1.0', id: name, source: '/s', data: { n: 1 } });
  return sampleLetter(name, {
    eventId: name,
    source: '/s',
    origin: 'orders',
    deadLetteredAt: epochMs(sampleInstant + minute * 60_000),
    payload: { encoding: 'utf8', content, sizeBytes: content.length },
    ...fields,
  });
}
