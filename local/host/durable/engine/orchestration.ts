import { epochMs, type Clock, type EpochMs } from '../../../../shared/kernel/time.ts';
import type { HostLog } from '../../host-log.ts';
import { pause } from '../../pause.ts';
import { errorText } from '../../settings/host-problem.ts';
import type { DurableFunctions } from '../durable-functions.ts';
import { eventType, noTask, type ScheduleEvent } from '../history/history-event.ts';
import { allEvents, emptyHistory, extendHistory, readHistory } from '../history/history.ts';
import type { History } from '../history/history.ts';
import { findOpenTasks } from '../history/open-tasks.ts';
import { acceptMessages, type Accepted } from '../instance/accept-messages.ts';
import { beginEpisode, concludeEpisode, failEpisode, type Step } from '../instance/episode.ts';
import { isFinished, type EntityOperation, type Instance } from '../instance/instance.ts';
import type { Message } from '../instance/message.ts';
import { ConflictError } from '../storage/hub-table.ts';
import type { InstanceStore, StoredInstance } from '../storage/instance-store.ts';
import type { Lane } from './lane.ts';
import { Outbox } from './outbox.ts';
import { runOrchestrator } from './run-orchestrator.ts';
import { isAborted } from './until-done.ts';

/** What an orchestration needs of the hub it belongs to. */
export interface OrchestrationHub {
  readonly store: InstanceStore;
  readonly functions: DurableFunctions;
  /** Limits how many orchestrators run at a time. */
  readonly lane: Lane;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: HostLog;
  /** Aborted when this host no longer looks after the hub. */
  readonly signal: AbortSignal;
  /** Whether this host may run instances of a version: if not, they wait or fail. */
  judgeVersion(version: string | undefined): 'run' | 'wait' | 'fail';
  /** Sets a task going; one that is going already is left alone. */
  dispatch(instance: Instance, task: ScheduleEvent, isRepeated: boolean): void;
  cancelTimers(instance: Instance, timerIds: readonly number[]): void;
  /** Resolves when the operation can no longer be lost. */
  send(operation: EntityOperation): Promise<void>;
  /** The instance has reached its end. */
  onFinished(instance: Instance): void;
  /** Nothing more will come of the instance. */
  onSettled(instance: Instance): void;
  /** Somebody else has changed the instance. Rejects if this host has lost the hub. */
  verifyOwnership(): Promise<void>;
}

export type Reception = 'accepted' | 'gone';

interface Pending {
  readonly message: Message;
  readonly resolve: (reception: Reception) => void;
  readonly reject: (error: unknown) => void;
}

const firstRetryMs = 100;
const longestRetryMs = 5_000;

/**
 * One orchestration of the hub, with its history in memory. What happens to it waits here and is
 * taken together: each episode is one transaction, and only then are its tasks set going and those
 * who sent the messages told. A crash before that has not happened for anybody.
 */
export class Orchestration {
  readonly #hub: OrchestrationHub;
  #stored: StoredInstance;
  #history: History;
  readonly #queue: Pending[] = [];
  #working: Promise<void> | undefined;
  /** Something is to be done without a message: the first run, or what was held. */
  #hasWork = true;
  #isRetired = false;
  readonly #outbox: Outbox;
  readonly #warned = new Set<string>();

  constructor(hub: OrchestrationHub, stored: StoredInstance, history = emptyHistory) {
    this.#hub = hub;
    this.#stored = stored;
    this.#history = history;
    this.#outbox = new Outbox(
      (operation) => hub.send(operation),
      () => {
        this.#hasWork = true;
        this.#wake();
      },
    );
  }

  /** As committed. */
  get instance(): Instance {
    return this.#stored.instance;
  }

  get history(): History {
    return this.#history;
  }

  /** Sets going what the last host has left open, and runs what can run. */
  activate(): void {
    this.#outbox.deliver(this.instance.outbox);
    if (!isFinished(this.instance)) {
      const open = findOpenTasks(allEvents(this.#history));
      for (const task of open.values()) this.#hub.dispatch(this.instance, task, true);
    }
    this.#wake();
  }

  /** Resolves when the message is stored. Rejects if this host loses the hub before. */
  post(message: Message): Promise<Reception> {
    const { promise, resolve, reject } = Promise.withResolvers<Reception>();
    this.#queue.push({ message, resolve, reject });
    this.#wake();
    return promise;
  }

  /** Another run takes the place of this one, which is finished: it does nothing any more. */
  retire(): void {
    this.#isRetired = true;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#working;
  }

  #wake(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#queue.length > 0 || this.#hasWork) this.#wake();
    });
  }

  async #work(): Promise<void> {
    let delay = firstRetryMs;
    while (this.#queue.length > 0 || this.#hasWork) {
      delay = await this.#takeUp(this.#queue.splice(0), delay);
    }
  }

  /** Answers how long to wait after a failure that follows. */
  async #takeUp(batch: readonly Pending[], delay: number): Promise<number> {
    const { signal } = this.#hub;
    this.#hasWork = false;
    try {
      signal.throwIfAborted();
      const reception = await this.#receive(batch.map(({ message }) => message));
      for (const { resolve } of batch) resolve(reception);
      return firstRetryMs;
    } catch (error) {
      if (isAborted(signal)) {
        for (const { reject } of batch) reject(error);
        return delay;
      }
      this.#queue.unshift(...batch);
      this.#hasWork = true;
      return this.#recover(error, delay);
    }
  }

  /** Answers how long to wait the next time. */
  async #recover(error: unknown, delay: number): Promise<number> {
    const { log, store, signal } = this.#hub;
    const { instanceId } = this.instance;
    if (!(error instanceof ConflictError)) {
      log.write('warning', 'Host.Durable', `${instanceId} waits for storage: ${errorText(error)}`);
      await pause(delay, signal);
      return Math.min(2 * delay, longestRetryMs);
    }
    try {
      await this.#hub.verifyOwnership();
      const loaded = await store.load(instanceId);
      if (loaded === undefined) {
        this.#stored = { ...this.#stored, instance: removed(this.instance) };
        return delay;
      }
      this.#history = readHistory(loaded.rows);
      this.#stored = loaded.stored;
      this.activate();
    } catch (failure) {
      log.write('warning', 'Host.Durable', `${instanceId} is read again: ${errorText(failure)}`);
      await pause(delay, signal);
    }
    return delay;
  }

  async #receive(messages: readonly Message[]): Promise<Reception> {
    if (isFinished(this.instance)) {
      if (!this.#isRetired) await this.#clearOutbox();
      return 'gone';
    }
    const now = this.#now();
    const timestamp = new Date(now).toISOString();
    const state = { instance: this.#withoutDelivered(), history: this.#history };
    const accepted = acceptMessages(state, messages, timestamp);
    const { terminateReason } = accepted;
    if (terminateReason !== undefined) {
      await this.#commit(terminated(state.instance, accepted, now));
      return 'accepted';
    }
    const judgement = this.#judge(accepted);
    if (judgement === 'wait') await this.#hold(state.instance, accepted, now);
    else if (this.#isNews(accepted)) await this.#runEpisode(state, accepted, judgement);
    else await this.#clearOutbox();
    return 'accepted';
  }

  #judge({ isSuspended }: Accepted): 'run' | 'wait' | 'fail' {
    if (isSuspended) return 'wait';
    const { version, instanceId } = this.instance;
    const judgement = this.#hub.judgeVersion(version);
    if (judgement === 'wait') {
      this.#warn(`${instanceId} has version "${version ?? ''}", which this host does not run.`);
    }
    return judgement;
  }

  #isNews({ events }: Accepted): boolean {
    const { played, held } = this.#history;
    return events.length > 0 || held.length > 0 || played.length === 0;
  }

  /** Keeps what came for later, without running anything. */
  async #hold(instance: Instance, accepted: Accepted, updatedAt: EpochMs): Promise<void> {
    const { events, isSuspended } = accepted;
    if (events.length === 0) return;
    const status = isSuspended ? 'Suspended' : instance.status;
    await this.#commit({
      instance: { ...instance, status, updatedAt },
      ...{ row: events, newTasks: [], canceledTimers: [], warnings: [] },
    });
  }

  async #runEpisode(
    state: { readonly instance: Instance; readonly history: History },
    { events }: Accepted,
    judgement: 'run' | 'fail',
  ): Promise<void> {
    const { lane, functions, newId } = this.#hub;
    const episode = beginEpisode(state, events, this.#now());
    const { name, version } = state.instance;
    const target = functions.get('orchestrator', name);
    if (judgement === 'fail' || target === undefined) {
      const reason =
        target === undefined
          ? 'there is no such function any more.'
          : `this host does not run version "${version ?? ''}".`;
      await this.#commit(failEpisode(state, episode, reason));
      return;
    }
    const answer = await lane.run(() => runOrchestrator(target, state, episode));
    const conclusion = { answer, names: functions, newExecutionId: newId() };
    await this.#commit(concludeEpisode(state, episode, conclusion));
  }

  async #commit(step: Step): Promise<void> {
    const { store } = this.#hub;
    const { instance, row, newTasks, canceledTimers } = step;
    const before = this.instance;
    this.#stored = await store.commit(this.#stored, { instance, row });
    const isSame = instance.executionId === before.executionId;
    const history = isSame ? this.#history : emptyHistory;
    this.#history = row === undefined ? history : extendHistory(history, row);
    for (const warning of step.warnings) this.#warn(`${instance.instanceId}: ${warning}`);
    this.#hub.cancelTimers(before, canceledTimers);
    this.#outbox.deliver(instance.outbox);
    for (const task of newTasks) this.#hub.dispatch(before, task, false);
    if (!isSame) this.#hasWork = true;
    if (!isFinished(instance)) return;
    this.#hub.onFinished(instance);
    if (instance.outbox.length === 0) this.#hub.onSettled(instance);
  }

  #withoutDelivered(): Instance {
    return { ...this.instance, outbox: this.#outbox.left(this.instance.outbox) };
  }

  async #clearOutbox(): Promise<void> {
    const instance = this.#withoutDelivered();
    if (instance.outbox.length === this.instance.outbox.length) return;
    this.#stored = await this.#hub.store.commit(this.#stored, { instance, row: undefined });
    if (isFinished(instance) && instance.outbox.length === 0) this.#hub.onSettled(instance);
  }

  /** Never before the last episode: the orchestrator's time does not go back. */
  #now(): EpochMs {
    return epochMs(Math.max(this.#hub.clock.now(), this.instance.updatedAt));
  }

  #warn(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#hub.log.write('warning', 'Host.Durable', text);
  }
}

/** Stands in for an instance that somebody has purged. */
function removed(instance: Instance): Instance {
  return { ...instance, status: 'Terminated', outbox: [] };
}

function terminated(instance: Instance, accepted: Accepted, updatedAt: EpochMs): Step {
  const { events, terminateReason = '' } = accepted;
  const recorded = { EventId: noTask, Timestamp: new Date(updatedAt).toISOString() };
  return {
    instance: {
      ...{ ...instance, status: 'Terminated', updatedAt },
      output: JSON.stringify(terminateReason),
    },
    row: [...events, { EventType: eventType.executionTerminated, ...recorded }],
    ...{ newTasks: [], canceledTimers: [], warnings: [] },
  };
}
