import type { BronzeIngest } from '../../../shared/ingest/bronze-ingest.ts';
import type { IdleReport } from '../../../shared/ingest/idle.ts';
import type { ConsumeReport } from '../../../shared/ingest/report.ts';
import type { HubBatch } from '../../../shared/ports/hub.ts';
import { findFaults } from './invariants.ts';
import { createScheduler, type Outcome, type PendingCall, type Scheduler } from './scheduler.ts';
import { bodyOf, type CodeVersion, type TestEvent } from './test-events.ts';
import { createWorld, type ProcessOptions, type World, type WorldOptions } from './world.ts';

/** An owner whose every step is directed. */
interface Actor {
  /** Begins to consume `[first, last]` of a partition, or a batch; nothing happens until directed. */
  consume(first: number | HubBatch, last?: number, partitionId?: string): Promise<ConsumeReport>;
  settleIdle(): Promise<IdleReport>;
  /** Lets calls through until the next one is of this name, which is then held. */
  until(name: string): Promise<void>;
  /** Lets the held call through, with this outcome. */
  answer(outcome: Outcome): Promise<void>;
  /** Lets all calls through until there are none. */
  finish(): Promise<void>;
  /** The process dies: what it waits for never comes. */
  crash(): void;
  /** Names of all its calls so far. */
  readonly calls: readonly string[];
}

/** A world with owners that act step by step. */
export interface Stage {
  readonly world: World;
  readonly timeline: readonly string[];
  /** Sends messages to a partition, each with one event. */
  readonly send: (partitionId: string, ...events: readonly TestEvent[]) => void;
  readonly actor: (
    version?: CodeVersion,
    options?: Omit<ProcessOptions, 'version' | 'control'>,
  ) => Actor;
  /** The planned verdicts of a partition, as `0 landed`. */
  verdicts(partitionId?: string): readonly string[];
  /** Ids of the rows in all event tables. */
  landedIds(): readonly unknown[];
  /** Sends and consumes one more event in each partition, settles, and returns what is wrong then. */
  rest(...partitionIds: readonly string[]): Promise<readonly string[]>;
}

export function createStage(options?: WorldOptions): Stage {
  const timeline: string[] = [];
  const world = createWorld(options);
  const scheduler = createScheduler((line) => timeline.push(line));
  let actors = 0;
  return {
    world,
    timeline,
    send: (partitionId, ...events) => {
      for (const event of events) world.hub.send(partitionId, { body: bodyOf(event) });
    },
    actor: (version = 'A', process = {}) => {
      actors += 1;
      const name = `owner${actors}`;
      const control = scheduler.controlFor(name);
      const ingest = world.start({ ...process, version, control });
      return createActor({ name, ingest, scheduler, world, timeline });
    },
    verdicts: (partitionId = '0') => {
      const items = world.ledger.plans(world.author(partitionId)).flatMap((plan) => plan.items);
      return items.map(({ sequenceNumber, verdict }) => `${sequenceNumber} ${verdict.kind}`);
    },
    landedIds: () => world.landed().map(({ values }) => values['event_id']),
    rest: (...partitionIds) => rest(world, partitionIds),
  };
}

async function rest(world: World, partitionIds: readonly string[]): Promise<readonly string[]> {
  const ingest = world.start();
  for (const partitionId of partitionIds) {
    const body = bodyOf({ id: `end-${partitionId}`, payload: '1' });
    const { sequenceNumber } = world.hub.send(partitionId, { body });
    await ingest.consume(world.hub.batch(partitionId, sequenceNumber));
  }
  world.pass(10 * 60_000);
  await ingest.settleIdle();
  return findFaults(world, partitionIds);
}

interface ActorParts {
  readonly name: string;
  readonly ingest: BronzeIngest;
  readonly scheduler: Scheduler;
  readonly world: World;
  readonly timeline: readonly string[];
}

function createActor({ name, ingest, scheduler, world, timeline }: ActorParts): Actor {
  const next = async (): Promise<PendingCall | undefined> => {
    await scheduler.settle();
    return scheduler.pending.find((call) => call.processName === name);
  };
  const follow = <Report>(work: Promise<Report>): Promise<Report> => {
    // A test may look at the outcome late, or never.
    work.catch(() => undefined);
    return work;
  };
  return {
    consume: (first, last, partitionId = '0') =>
      follow(
        ingest.consume(
          typeof first === 'number' ? world.hub.batch(partitionId, first, last) : first,
        ),
      ),
    settleIdle: () => follow(ingest.settleIdle()),
    until: async (wanted) => {
      for (let call = await next(); call?.name !== wanted; call = await next()) {
        if (call === undefined) throw new Error(`${name} never calls ${wanted}`);
        await call.finish('ok');
      }
    },
    answer: async (outcome) => {
      const call = await next();
      if (call === undefined) throw new Error(`${name} waits for nothing`);
      await call.finish(outcome);
      await scheduler.settle();
    },
    finish: async () => {
      for (let call = await next(); call !== undefined; call = await next())
        await call.finish('ok');
    },
    crash: () => {
      scheduler.kill(name);
    },
    get calls() {
      const mine = timeline.filter((line) => line.startsWith(`${name} `));
      return mine.map((line) => line.slice(name.length + 1, line.indexOf('(')));
    },
  };
}
