import { epochMs, type Clock } from '../../../../shared/kernel/time.ts';
import type { HostLog } from '../../host-log.ts';
import { errorText } from '../../settings/host-problem.ts';
import type { DurableFunctions } from '../durable-functions.ts';
import type { DurableOptions } from '../durable-options.ts';
import { parseEntityRequest } from '../entities/entity-request-codec.ts';
import { eventType } from '../history/history-event.ts';
import type { HistoryEvent, JsonText, ScheduleEvent } from '../history/history-event.ts';
import { allEvents, readHistory } from '../history/history.ts';
import { toOperation } from '../instance/episode.ts';
import { isFinished, type ChildStart } from '../instance/instance.ts';
import type { Instance, Parent } from '../instance/instance.ts';
import type { Message } from '../instance/message.ts';
import { isVersionMatch } from '../instance/version-match.ts';
import { ConflictError } from '../storage/hub-table.ts';
import type { InstanceFilter, InstanceStore, StoredInstance } from '../storage/instance-store.ts';
import { ActivityRunner } from './activity-runner.ts';
import type { EntityStore } from '../storage/entity-store.ts';
import { Alarms } from './alarms.ts';
import { EntityPost } from './entity-post.ts';
import type { EntityHub } from './entity-worker.ts';
import { KeyedLock } from './keyed-lock.ts';
import { Lane } from './lane.ts';
import { untilDone } from './until-done.ts';
import { Orchestration, type OrchestrationHub, type Reception } from './orchestration.ts';

export interface HubOptions {
  readonly store: InstanceStore;
  readonly entityStore: EntityStore;
  readonly functions: DurableFunctions;
  readonly durable: DurableOptions;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: HostLog;
  /** Aborted when this host no longer looks after the hub. */
  readonly signal: AbortSignal;
  readonly verifyOwnership: () => Promise<void>;
}

export interface StartRequest {
  readonly instanceId: string;
  readonly name: string;
  /** Undefined: the default version of this host. */
  readonly version: string | undefined;
  readonly input: JsonText;
  readonly parent?: Parent;
}

/** The orchestrations that this host looks after, and what they have under way. */
export class Hub {
  readonly #options: HubOptions;
  readonly #lock = new KeyedLock();
  readonly #orchestrations = new Map<string, Orchestration>();
  readonly #alarms: Alarms;
  readonly #activities: ActivityRunner;
  readonly #services: OrchestrationHub;
  readonly #entities: EntityPost;

  constructor(options: HubOptions) {
    this.#options = options;
    const { durable, functions, log, clock } = options;
    this.#alarms = new Alarms(clock);
    this.#activities = new ActivityRunner({
      ...{ functions, log, maxConcurrent: durable.maxConcurrentActivityFunctions },
      report: (instanceId, message) =>
        untilDone(
          () => this.post(instanceId, message),
          options.signal,
          (error) => {
            log.write('warning', 'Host.Durable', `Tries again: ${errorText(error)}`);
          },
        ),
    });
    this.#services = this.#createServices();
    this.#entities = new EntityPost(this.#entityHub(), options.newId);
    options.signal.addEventListener('abort', () => {
      this.#alarms.cancelAll();
    });
  }

  get entities(): EntityPost {
    return this.#entities;
  }

  /** Takes up every open instance that this host does not know of. */
  async recover(): Promise<void> {
    const open = await this.#options.store.listOpen();
    await Promise.all(open.map(({ instance }) => this.#take(instance.instanceId)));
    await this.#entities.recover();
  }

  /** Starts an orchestration, also in place of a finished one. */
  start(request: StartRequest): Promise<'started' | 'exists'> {
    return this.#lock.run(request.instanceId, async () => {
      const known = this.#orchestrations.get(request.instanceId);
      if (known !== undefined && !isFinished(known.instance)) return 'exists';
      known?.retire();
      await known?.idle();
      const instance = this.#newInstance(request);
      for (;;) {
        const stored = await this.#place(instance);
        if (stored === 'exists') return 'exists';
        if (stored === 'conflict') continue;
        this.#activate(new Orchestration(this.#services, stored));
        return 'started';
      }
    });
  }

  /** Tells an instance of something; resolves when that is stored. */
  async post(instanceId: string, message: Message): Promise<Reception | 'unknown'> {
    const known = this.#orchestrations.get(instanceId) ?? (await this.#take(instanceId));
    if (known === 'finished') return 'gone';
    return known === undefined ? 'unknown' : known.post(message);
  }

  /** The instance as committed. */
  async find(instanceId: string): Promise<Instance | undefined> {
    const known = this.#orchestrations.get(instanceId);
    return known?.instance ?? (await this.#options.store.read(instanceId))?.instance;
  }

  /** What has happened to an instance, in order. */
  async history({ instanceId }: Instance): Promise<readonly HistoryEvent[]> {
    const known = this.#orchestrations.get(instanceId);
    if (known !== undefined) return allEvents(known.history);
    return allEvents(readHistory((await this.#options.store.load(instanceId))?.rows ?? []));
  }

  async list(filter: InstanceFilter): Promise<Instance[]> {
    return (await this.#options.store.list(filter)).map(({ instance }) => instance);
  }

  /** Removes a finished instance and its history; false if there is none. */
  purge(instanceId: string): Promise<boolean> {
    return this.#lock.run(instanceId, async () => {
      const stored = await this.#options.store.read(instanceId);
      const isOver = stored !== undefined && isFinished(stored.instance);
      if (!isOver || stored.instance.outbox.length > 0) return false;
      await this.#options.store.remove(stored);
      return true;
    });
  }

  /** True once another host looks after the hub. */
  get isLost(): boolean {
    return this.#options.signal.aborted;
  }

  /** Starts nothing more and resolves when what is under way has ended and is stored. */
  async stop(): Promise<void> {
    this.#alarms.cancelAll();
    await this.#activities.stop();
    await Promise.all([...this.#orchestrations.values()].map((each) => each.idle()));
    await this.#entities.idle();
  }

  #newInstance({ instanceId, name, version, input, parent }: StartRequest): Instance {
    const { clock, newId, durable } = this.#options;
    const now = clock.now();
    return {
      ...{ instanceId, name, input, parent, executionId: newId(), status: 'Pending' },
      version: version ?? durable.defaultVersion,
      ...{ output: null, customStatus: null, createdAt: now, updatedAt: now, outbox: [] },
    };
  }

  async #place(instance: Instance): Promise<StoredInstance | 'exists' | 'conflict'> {
    const { store } = this.#options;
    const inserted = await store.insert(instance);
    if (inserted !== undefined) return inserted;
    const existing = await store.read(instance.instanceId);
    if (existing === undefined) return 'conflict';
    const { parent } = instance;
    if (!isFinished(existing.instance)) await this.#open(instance.instanceId);
    else if (parent === undefined || !isChildOf(existing.instance, parent)) {
      return this.#restart(existing, instance);
    }
    return 'exists';
  }

  /** What the finished run has left to send goes with the new one. */
  async #restart(
    existing: StoredInstance,
    instance: Instance,
  ): Promise<StoredInstance | 'conflict'> {
    const { store, log } = this.#options;
    const { instanceId, status, outbox } = existing.instance;
    const warning = `"${instanceId}" has been ${status} and is started again: the record of its first run is lost.`;
    log.write('warning', 'Host.Durable', warning);
    try {
      return await store.restart(existing, { ...instance, outbox });
    } catch (error) {
      if (error instanceof ConflictError) return 'conflict';
      throw error;
    }
  }

  /** Looks after an instance from now on, if there is still something to look after. */
  #take(instanceId: string): Promise<Orchestration | 'finished' | undefined> {
    return this.#lock.run(instanceId, () => this.#open(instanceId));
  }

  /** Under the lock of the instance: what was read before may be out of date. */
  async #open(instanceId: string): Promise<Orchestration | 'finished' | undefined> {
    const known = this.#orchestrations.get(instanceId);
    if (known !== undefined) return known;
    const loaded = await this.#options.store.load(instanceId);
    if (loaded === undefined) return undefined;
    const { stored, rows } = loaded;
    const { instance } = stored;
    if (isFinished(instance) && instance.outbox.length === 0) return 'finished';
    return this.#activate(new Orchestration(this.#services, stored, readHistory(rows)));
  }

  #activate(orchestration: Orchestration): Orchestration {
    this.#orchestrations.set(orchestration.instance.instanceId, orchestration);
    orchestration.activate();
    return orchestration;
  }

  #createServices(): OrchestrationHub {
    const { store, functions, durable, clock, newId, log, signal } = this.#options;
    return {
      ...{ store, functions, clock, newId, log, signal },
      lane: new Lane(durable.maxConcurrentOrchestratorFunctions),
      verifyOwnership: this.#options.verifyOwnership,
      judgeVersion: (version) => {
        const { versionMatchStrategy, defaultVersion, versionFailureStrategy } = durable;
        if (isVersionMatch(versionMatchStrategy, defaultVersion, version)) return 'run';
        return versionFailureStrategy === 'Fail' ? 'fail' : 'wait';
      },
      dispatch: (instance, task, isRepeated) => {
        this.#dispatch(instance, task, isRepeated);
      },
      cancelTimers: ({ executionId }, timerIds) => {
        for (const id of timerIds) this.#alarms.cancel(`${executionId}:${id}`);
      },
      send: (operation) => this.#entities.send(operation, true),
      onFinished: (instance) => {
        this.#tellParent(instance);
      },
      onSettled: ({ instanceId }) => {
        this.#orchestrations.delete(instanceId);
      },
    };
  }

  #dispatch({ instanceId, executionId }: Instance, task: ScheduleEvent, again: boolean): void {
    const taskId = task.EventId;
    switch (task.EventType) {
      case eventType.taskScheduled: {
        const { Name: name, Input: input } = task;
        this.#activities.run({ instanceId, executionId, taskId, name, input });
        return;
      }
      case eventType.timerCreated:
        this.#alarms.set(`${executionId}:${taskId}`, epochMs(Date.parse(task.FireAt)), () => {
          const fired = { kind: 'timerFired', executionId, taskId, fireAt: task.FireAt } as const;
          this.#tell(instanceId, fired);
        });
        return;
      case eventType.subOrchestrationCreated:
        this.#inBackground(() =>
          this.#startChild({
            ...{ instanceId: task.InstanceId, name: task.Name, input: task.Input },
            version: task.Version,
            parent: { instanceId, executionId, taskId },
          }),
        );
        return;
      case eventType.eventSent:
        if (parseEntityRequest(task.Input).signal) return;
        this.#inBackground(() =>
          this.#entities.send(toOperation(task, { instanceId, executionId }), again),
        );
    }
  }

  /** May be repeated: a child that is there already is not started again. */
  async #startChild(start: ChildStart): Promise<void> {
    if ((await this.start(start)) === 'started') return;
    const { parent, instanceId } = start;
    const existing = await this.find(instanceId);
    if (existing !== undefined && isChildOf(existing, parent)) {
      if (isFinished(existing)) this.#tellParent(existing);
      return;
    }
    const { executionId, taskId } = parent;
    const reason = `An orchestration with the id '${instanceId}' is running already.`;
    this.#tell(parent.instanceId, { kind: 'childFailed', executionId, taskId, reason });
  }

  #tellParent({ parent, status, output }: Instance): void {
    if (parent === undefined) return;
    const { instanceId, executionId, taskId } = parent;
    const reason = output === null ? '' : String(JSON.parse(output));
    this.#tell(
      instanceId,
      status === 'Completed'
        ? { kind: 'childCompleted', executionId, taskId, result: output }
        : { kind: 'childFailed', executionId, taskId, reason },
    );
  }

  #entityHub(): EntityHub {
    const { entityStore: store, functions, durable, clock, log, signal } = this.#options;
    return {
      ...{ store, functions, clock, log, signal, verifyOwnership: this.#options.verifyOwnership },
      lane: new Lane(durable.maxConcurrentEntityFunctions),
      send: (operation) => this.#entities.send(operation, true),
      answer: async ({ sender }, answer) => {
        if (sender === undefined) return;
        const { instanceId, executionId, number } = sender;
        const message = { kind: 'callAnswered', executionId, taskId: number, answer } as const;
        await untilDone(() => this.post(instanceId, message), signal, this.#report);
      },
    };
  }

  #tell(instanceId: string, message: Message): void {
    this.#inBackground(() => this.post(instanceId, message));
  }

  /**
   * Repeats until it is done, or not this host's any more: what is lost then is found again in the
   * history by whoever looks after the instance next.
   */
  #inBackground(work: () => Promise<unknown>): void {
    void untilDone(work, this.#options.signal, this.#report);
  }

  readonly #report = (error: unknown): void => {
    const { log } = this.#options;
    log.write('warning', 'Host.Durable', `Tries again: ${errorText(error)}`);
  };
}

function isChildOf({ parent }: Instance, { executionId, taskId }: Parent): boolean {
  return parent?.executionId === executionId && parent.taskId === taskId;
}
