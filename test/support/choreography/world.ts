import { firstDelivery } from '../../../domain/simulation.ts';
import { participantNames, type ParticipantName } from '../../../domain/messages.ts';
import { decodeEvent, encodeEvent } from '../../../sagas/choreography/event-codec.ts';
import type { ChoreographyEvent } from '../../../sagas/choreography/choreography-event.ts';
import { addresseeOf, react } from '../../../sagas/choreography/service.ts';
import type { TrackedSaga } from '../../../sagas/choreography/tracked-saga.ts';
import { decodeState } from '../../../sagas/choreography/tracker-state-codec.ts';
import { trackEvent, trackerHost } from '../../../sagas/choreography/tracking.ts';
import type { SagaDefinition } from '../../../sagas/definition.ts';
import type { SagaPhase } from '../../../sagas/runner/saga-state.ts';
import { durationMs, epochMs, type EpochMs } from '../../../shared/kernel/time.ts';
import { createFaultyParticipants, type Faults } from './faulty-participants.ts';
import { createMemoryDueRows } from './memory-due-rows.ts';

/** Somebody who decides what happens next; a number below the one given. */
export type Chance = (below: number) => number;

export interface Mishaps {
  /** In how many percent of deliveries the reader stops at some point. */
  readonly crash: number;
  /** In how many percent of deliveries a copy stays behind. */
  readonly duplicate: number;
  /** In how many percent of deliveries time passes first, although messages wait. */
  readonly delay: number;
  /** Whether the broker forgets at once which messages it has seen. */
  readonly isForgetful?: boolean;
}

export interface Delivery {
  readonly to: ParticipantName;
  readonly event: ChoreographyEvent;
}

export const patience = {
  step: { attempts: 2, timeout: durationMs(1000), backoff: 2 },
  compensation: { attempts: 3, timeout: durationMs(1000), backoff: 2 },
};
export const startedAt = epochMs(1_790_000_000_000);
export const lifetime = 600_000;

/**
 * A topic with a subscription for each participant, which delivers in any order, and the real
 * services, tracker and participants on it, in one process.
 */
export class ChoreographyWorld {
  readonly participants;
  readonly listed = new Map<string, SagaPhase>();
  readonly helpCalls: TrackedSaga[] = [];
  readonly timeline: string[] = [];
  now: EpochMs = startedAt;
  private readonly rows = createMemoryDueRows();
  private readonly seen = new Set<string>();
  private pending: Delivery[] = [];
  private stepsUntilCrash = Number.POSITIVE_INFINITY;
  readonly definition: SagaDefinition;
  private mishaps: Mishaps;
  private readonly chance: Chance;

  constructor(
    definition: SagaDefinition,
    { faults, mishaps }: { readonly faults: Faults; readonly mishaps: Mishaps },
    chance: Chance,
  ) {
    this.definition = definition;
    this.mishaps = mishaps;
    this.chance = chance;
    this.participants = createFaultyParticipants(faults);
  }

  get isIdle(): boolean {
    return this.pending.length === 0;
  }

  publish(event: ChoreographyEvent): Promise<void> {
    this.mayCrash();
    const addressee = addresseeOf(event, this.ports);
    const { messageId, body } = encodeEvent(event, addressee);
    const decoded = decodeEvent(body);
    if (!decoded.ok) throw new Error(decoded.problem);
    if (this.mishaps.isForgetful !== true && this.seen.has(messageId)) return Promise.resolve();
    this.seen.add(messageId);
    const readers = participantNames.filter((name) => name === trackerHost || name === addressee);
    this.pending.push(...readers.map((to) => ({ to, event: decoded.value })));
    this.mayCrash();
    return Promise.resolve();
  }

  /** Delivers any of the messages that wait. */
  async deliverOne(): Promise<void> {
    const { mishaps } = this;
    if (this.happens(mishaps.delay)) {
      this.now = epochMs(this.now + this.chance(3000));
      await this.strikeClock();
    }
    const at = this.chance(this.pending.length);
    const delivery = this.pending[at];
    if (delivery === undefined) return;
    this.stepsUntilCrash = this.happens(mishaps.crash) ? this.chance(6) : Number.POSITIVE_INFINITY;
    try {
      await this.receive(delivery);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.timeline.push(`${delivery.to} stops`);
      return;
    } finally {
      this.stepsUntilCrash = Number.POSITIVE_INFINITY;
    }
    if (!this.happens(mishaps.duplicate)) {
      this.pending = this.pending.filter((each) => each !== delivery);
    }
  }

  /** Mishaps come to an end, so that what is under test can. */
  calmDown(): void {
    this.mishaps = { ...this.mishaps, crash: 0, duplicate: 0, delay: 0 };
  }

  async receive({ to, event }: Delivery): Promise<void> {
    this.timeline.push(`${to} < ${event.id}`);
    const delivery = firstDelivery;
    if (to === trackerHost) await trackEvent({ event, delivery }, this.ports);
    else if ('thread' in event && event.kind !== 'start-requested') {
      await react(to, { event, delivery }, this.ports);
    }
  }

  /** What the timer function does. */
  async strikeClock(): Promise<number> {
    const due = await this.rows.due(this.now, 100);
    for (const { id, dueAt } of due) {
      await this.publish({ kind: 'clock-struck', id: `${id}/clock/${dueAt}`, sagaId: id });
    }
    return due.length;
  }

  /** When the next row is due; undefined when none will be. */
  async nextDue(): Promise<EpochMs | undefined> {
    const [first] = await this.rows.due(epochMs(Number.MAX_SAFE_INTEGER), 1);
    return first?.dueAt;
  }

  async state(sagaId: string) {
    const stored = await this.rows.read(sagaId);
    return stored === undefined ? undefined : decodeState(stored.row.text);
  }

  private happens(percent: number): boolean {
    return percent > 0 && this.chance(100) < percent;
  }

  private mayCrash(): void {
    this.stepsUntilCrash -= 1;
    if (this.stepsUntilCrash < 0) throw new Crash();
  }

  /** Anything between two effects may be the last thing that a reader does. */
  private async crashable<Value>(work: () => Value | Promise<Value>): Promise<Value> {
    this.mayCrash();
    const value = await work();
    this.mayCrash();
    return value;
  }

  private get ports() {
    const { rows } = this;
    return {
      definitionNamed: (name: string) =>
        name === this.definition.name ? this.definition : undefined,
      handle: (command: Parameters<typeof this.participants.handle>[0]) =>
        this.crashable(() => ({
          kind: 'handled' as const,
          replies: this.participants.handle(command, this.now).map((reply) => ({ reply })),
        })),
      publish: (event: ChoreographyEvent) => this.publish(event),
      rows: {
        ...rows,
        insert: (...args: Parameters<typeof rows.insert>) =>
          this.crashable(() => rows.insert(...args)),
        replace: (...args: Parameters<typeof rows.replace>) =>
          this.crashable(() => rows.replace(...args)),
      },
      listing: {
        move: async ({ sagaId, phase }: { sagaId: string; phase: SagaPhase }) => {
          await this.crashable(() => this.listed.set(sagaId, phase));
        },
      },
      callForHelp: async (saga: TrackedSaga) => {
        await this.crashable(() => this.helpCalls.push(saga));
      },
      clock: { now: () => this.now },
      patience,
    };
  }
}

class Crash extends Error {}
