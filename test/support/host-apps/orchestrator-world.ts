import { createRequire } from 'node:module';
import { epochMs } from '../../../shared/kernel/time.ts';
import {
  eventType,
  type HistoryEvent,
  type ScheduleEvent,
} from '../../../local/host/durable/history/history-event.ts';
import { emptyHistory, extendHistory } from '../../../local/host/durable/history/history.ts';
import { acceptMessages } from '../../../local/host/durable/instance/accept-messages.ts';
import { beginEpisode, concludeEpisode } from '../../../local/host/durable/instance/episode.ts';
import type { Episode, InstanceState, Step } from '../../../local/host/durable/instance/episode.ts';
import type { Instance } from '../../../local/host/durable/instance/instance.ts';
import type { Message } from '../../../local/host/durable/instance/message.ts';
import { parseAnswer, parseFailure } from '../../../local/host/durable/replay/action-codec.ts';
import type { OrchestratorAnswer } from '../../../local/host/durable/replay/action.ts';

/** A generator function, as the SDK takes it. */
type OrchestratorFunction = (context: never) => unknown;

const { Orchestrator } = createRequire(import.meta.url)(
  'durable-functions/lib/src/orchestrations/Orchestrator.js',
) as {
  Orchestrator: new (fn: OrchestratorFunction) => {
    handle(trigger: unknown, context: object): Promise<object>;
  };
};

const anyName = { hasActivity: () => true, hasOrchestrator: () => true, hasEntity: () => true };

/** An instance without storage: the engine's pure steps around the executor of the real SDK. */
export class OrchestratorWorld {
  readonly #fn: OrchestratorFunction;
  #state: InstanceState;
  #executions = 1;
  #now = 1_700_000_000_000;
  readonly open = new Map<number, ScheduleEvent>();

  constructor(fn: OrchestratorFunction, input: unknown = null) {
    this.#fn = fn;
    const now = epochMs(this.#now);
    const instance: Instance = {
      ...{ instanceId: 'instance', name: 'orchestrator', version: undefined, executionId: 'e1' },
      ...{ status: 'Pending', input: JSON.stringify(input), output: null, customStatus: null },
      ...{ createdAt: now, updatedAt: now, parent: undefined, outbox: [] },
    };
    this.#state = { instance, history: emptyHistory };
  }

  get instance(): Instance {
    return this.#state.instance;
  }

  get history(): InstanceState['history'] {
    return this.#state.history;
  }

  /** One episode with some messages. @param isLost true: the host is killed before the commit */
  async step(messages: readonly Message[], isLost = false): Promise<readonly string[]> {
    this.#now += 1_000;
    const now = epochMs(this.#now);
    const accepted = acceptMessages(this.#state, messages, new Date(now).toISOString());
    if (accepted.isSuspended) {
      if (!isLost) this.#hold(accepted.events);
      return [];
    }
    const episode = beginEpisode(this.#state, accepted.events, now);
    const answer = await this.#run(episode);
    const newExecutionId = `e${this.#executions + 1}`;
    const conclusion = { answer, names: anyName, newExecutionId };
    const step = concludeEpisode(this.#state, episode, conclusion);
    if (!isLost) this.#commit(step, accepted.events);
    return step.warnings;
  }

  #commit({ instance, row, newTasks, canceledTimers }: Step, events: readonly object[]): void {
    const isSame = instance.executionId === this.instance.executionId;
    if (!isSame) this.#executions += 1;
    const base = isSame ? this.history : emptyHistory;
    this.#state = { instance, history: row === undefined ? base : extendHistory(base, row) };
    this.#track(events, newTasks);
    for (const id of canceledTimers) this.open.delete(id);
  }

  #hold(events: readonly HistoryEvent[]): void {
    const { instance, history } = this.#state;
    const kept = events.length === 0 ? history : extendHistory(history, events);
    this.#state = { instance: { ...instance, status: 'Suspended' }, history: kept };
    this.#track(events, []);
  }

  #track(events: readonly object[], newTasks: readonly ScheduleEvent[]): void {
    for (const event of events) {
      if ('TaskScheduledId' in event) this.open.delete(Number(event.TaskScheduledId));
      if ('TimerId' in event) this.open.delete(Number(event.TimerId));
    }
    for (const task of newTasks) {
      if (task.EventType !== eventType.eventSent) this.open.set(task.EventId, task);
    }
  }

  async #run({ newEvents }: Episode): Promise<OrchestratorAnswer> {
    const { instance, history } = this.#state;
    const played = history.played.map((event) => ({ ...event, IsPlayed: true }));
    const fresh = newEvents.map((event) => ({ ...event, IsPlayed: false }));
    const trigger = {
      ...{ instanceId: instance.instanceId, isReplaying: played.length > 0 },
      ...{ upperSchemaVersion: 1, upperSchemaVersionNew: 2, history: [...played, ...fresh] },
      longRunningTimerIntervalDuration: '10000.00:00:00',
      maximumShortTimerDuration: '10000.00:00:00',
      input: JSON.parse(instance.input ?? 'null') as unknown,
    };
    const copy = JSON.parse(JSON.stringify(trigger)) as unknown;
    try {
      return parseAnswer(JSON.stringify(await new Orchestrator(this.#fn).handle(copy, {})));
    } catch (error) {
      const failure = parseFailure(error instanceof Error ? error.message : String(error));
      if (failure === undefined) throw error;
      return failure;
    }
  }
}
