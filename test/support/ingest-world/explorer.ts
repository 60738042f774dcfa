import { AppError } from '../../../shared/kernel/app-error.ts';
import type { BronzeIngest } from '../../../shared/ingest/bronze-ingest.ts';
import type { Author } from '../../../shared/kernel/author.ts';
import type { Head } from '../../../shared/ports/ledger.ts';
import { findFaults, findUnlanded } from './invariants.ts';
import { createScheduler, type Outcome, type Scheduler } from './scheduler.ts';
import { bodyOf, eventSource, eventsOf, type CodeVersion, type TestEvent } from './test-events.ts';
import { createWorld, type World } from './world.ts';

/** One message of the producers, perhaps a batch, and the partition it went to. */
export interface ScenarioMessage {
  readonly partition: 0 | 1;
  readonly events: readonly TestEvent[];
}

export interface Scenario {
  readonly messages: readonly ScenarioMessage[];
  /** The code of each owner; the last one finishes the work at the end. */
  readonly versions: readonly [CodeVersion, CodeVersion, CodeVersion];
  /** What happens next, step by step; 0 is always the dullest choice. */
  readonly decisions: readonly number[];
  readonly maxPlanLength: number;
  /** Nothing more is delivered at the end: the timer alone brings everything to rest. */
  readonly isLeftToTimer: boolean;
}

const partitions = ['0', '1'] as const;
const idleMs = 6 * 60_000;
const maxSteps = 3_000;
/** Enough for every message of a scenario at one window a run. */
const idleRuns = 5;

/** Runs one schedule to its end; rejects with the timeline when a promise is broken. */
export async function explore(scenario: Scenario): Promise<void> {
  const timeline: string[] = [];
  const run = new ScheduleRun(scenario, timeline);
  try {
    await run.disturb();
    await run.finish();
    const faults = [...run.faults, ...(await findFaults(run.world, partitions))];
    if (faults.length > 0) throw new Error(faults.join('\n'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${reason}\n--- timeline\n${timeline.join('\n')}`, { cause });
  }
}

interface Owner {
  readonly place: number;
  name: string;
  ingest: BronzeIngest;
}

/** The state of one schedule: the world, its owners, and the choices that are left. */
class ScheduleRun {
  readonly world: World;
  readonly faults: string[] = [];
  readonly #timeline: string[];
  readonly #scenario: Scenario;
  readonly #scheduler: Scheduler;
  readonly #owners: Owner[];
  readonly #decisions: number[];
  #births = 0;

  constructor(scenario: Scenario, timeline: string[]) {
    this.#scenario = scenario;
    this.#timeline = timeline;
    this.#decisions = [...scenario.decisions];
    this.#scheduler = createScheduler((line) => timeline.push(line));
    this.world = createWorld({ maxPlanLength: scenario.maxPlanLength, rereadWindow: 2 });
    this.world.ledger.onChange = (author, head) => {
      this.#checkSettled(author, head);
    };
    for (const { partition, events } of scenario.messages) {
      this.world.hub.send(String(partition), { body: bodyOf(...events) });
      this.#note(`sent to ${partition}: ${bodyOf(...events)}`);
    }
    this.#owners = scenario.versions.map((_, place) => this.#bear(place));
  }

  /** Follows the decisions: any interleaving, any fault. */
  async disturb(): Promise<void> {
    while (this.#decisions.length > 0) {
      await this.#scheduler.settle();
      await this.#act(this.#choose(64));
    }
  }

  /** Lets everything come to rest without faults, by one more delivery or by the timer alone. */
  async finish(): Promise<void> {
    this.#note('--- no more faults');
    await this.#drain();
    for (const partitionId of partitions) {
      if (!this.#scenario.isLeftToTimer || !(await this.#isOpen(partitionId))) {
        const events = bodyOf({ id: `end-${partitionId}`, payload: '1' });
        const { sequenceNumber: last } = this.world.hub.send(partitionId, { body: events });
        this.#deliver(2, partitionId, [last, last]);
        await this.#drain();
      }
    }
    for (let run = 0; run < idleRuns; run += 1) {
      this.world.pass(idleMs);
      this.#settleIdle(2);
      await this.#drain();
    }
  }

  async #isOpen(partitionId: string): Promise<boolean> {
    return (await this.world.ledger.head(this.world.author(partitionId))) !== undefined;
  }

  #choose(options: number): number {
    return (this.#decisions.shift() ?? 0) % options;
  }

  /** Most of the time somebody moves on; everything else is rare enough to let races build up. */
  async #act(dice: number): Promise<void> {
    if (dice < 40) await this.#letThrough('ok');
    else if (dice < 52) this.#deliverSome();
    else if (dice < 54) await this.#letThrough('answer-lost');
    else if (dice < 56) await this.#letThrough('refused');
    else if (dice < 58) this.#crash();
    else if (dice < 60) this.#settleIdle(this.#choose(3));
    else await this.#disturbStores();
  }

  async #letThrough(outcome: Outcome): Promise<void> {
    const { pending } = this.#scheduler;
    if (pending.length === 0) return;
    await pending[this.#choose(pending.length)]?.finish(outcome);
  }

  #deliverSome(): void {
    const owner = this.#choose(3);
    const partitionId = partitions[this.#choose(2)] ?? '0';
    const size = this.world.hub.sent(partitionId).length;
    if (size === 0) return;
    const first = this.#choose(size);
    this.#deliver(owner, partitionId, [first, first + this.#choose(3)]);
  }

  #deliver(place: number, partitionId: string, [first, last]: readonly [number, number]): void {
    const owner = this.#owners[place];
    const batch = this.world.hub.batch(partitionId, first, last);
    if (owner === undefined || batch.messages.length === 0) return;
    this.#note(`${owner.name} is delivered ${partitionId}:${first}..${last}`);
    this.#follow(owner, owner.ingest.consume(batch));
  }

  #settleIdle(place: number): void {
    const owner = this.#owners[place];
    if (owner === undefined) return;
    this.#note(`${owner.name} settles what is idle`);
    this.#follow(owner, owner.ingest.settleIdle());
  }

  /** The host drops a batch that failed: its checkpoint passes, somebody has to come back for it. */
  #follow({ name }: Owner, work: Promise<unknown>): void {
    work.then(
      () => {
        this.#note(`${name} is done`);
      },
      (error: unknown) => {
        this.#note(`${name} failed: ${String(error)}`);
        if (!(error instanceof AppError) || error.kind !== 'transient') {
          this.faults.push(`${name} failed for good: ${String(error)}`);
        }
      },
    );
  }

  #crash(): void {
    const place = this.#choose(3);
    const owner = this.#owners[place];
    if (owner === undefined) return;
    this.#note(`${owner.name} crashes`);
    this.#scheduler.kill(owner.name);
    this.#owners[place] = this.#bear(place);
  }

  async #disturbStores(): Promise<void> {
    const what = this.#choose(4);
    const partitionId = partitions[this.#choose(2)] ?? '0';
    if (what === 0) this.world.pass(idleMs);
    if (what === 1) this.#retain(partitionId);
    if (what > 1) await this.#expire();
  }

  #retain(partitionId: string): void {
    const { hub } = this.world;
    const firstKept = hub.firstKept(partitionId);
    if (firstKept >= hub.sent(partitionId).length) return;
    hub.retain(partitionId, firstKept + 1);
    this.#note(`retention takes ${partitionId}:${firstKept}`);
  }

  /** A claim outlives every message of its key: it may go when all of them are settled or gone. */
  async #expire(): Promise<void> {
    const ids = [
      ...new Set(this.#scenario.messages.flatMap(({ events }) => events.map(({ id }) => id))),
    ];
    const id = ids[this.#choose(ids.length)];
    if (id === undefined || !(await this.#isOver(id))) return;
    this.world.claims.expire({ source: eventSource, id });
    this.#note(`the claim of ${id} expires`);
  }

  async #isOver(id: string): Promise<boolean> {
    for (const partitionId of partitions) {
      const settled = (await this.world.ledger.head(this.world.author(partitionId)))?.settled ?? -1;
      const open = this.world.hub.sent(partitionId).slice(settled + 1);
      if (open.some((message) => eventsOf(message).some((event) => event.id === id))) return false;
    }
    return true;
  }

  #bear(place: number): Owner {
    this.#births += 1;
    const version = this.#scenario.versions[place] ?? 'A';
    const name = `owner${place}${version}#${this.#births}`;
    const control = this.#scheduler.controlFor(name);
    return { place, name, ingest: this.world.start({ version, control }) };
  }

  /** Lets calls through, first come first served, until there are none. */
  async #drain(): Promise<void> {
    for (let steps = 0; steps < maxSteps; steps += 1) {
      await this.#scheduler.settle();
      const next = this.#scheduler.pending[0];
      if (next === undefined) return;
      await next.finish('ok');
    }
    throw new Error('the work never ends');
  }

  /** At every instant: what is settled is planned and has landed. */
  #checkSettled(author: Author, { settled, planned }: Head): void {
    if (settled > planned) this.faults.push(`settled ${settled} beyond planned ${planned}`);
    this.faults.push(...findUnlanded(this.world, author, settled));
  }

  #note(line: string): void {
    this.#timeline.push(line);
  }
}
