import { DummyOrchestrationContext } from 'durable-functions';
import { runSagaHandler } from '../../../functions/sagas/orchestration.ts';

/** An event of an orchestration's history, as the engine hands it to the SDK. */
export interface HistoryEvent {
  readonly EventType: number;
  readonly EventId: number;
  IsPlayed: boolean;
  readonly Timestamp: string;
  readonly [field: string]: unknown;
}

interface Action {
  readonly actionType: number;
  readonly functionName?: string;
  readonly input?: unknown;
  readonly fireAt?: string;
  readonly isCanceled?: boolean;
  readonly compoundActions?: readonly Action[];
  readonly retryOptions?: { readonly maxNumberOfAttempts: number };
}

interface Turn {
  readonly isDone: boolean;
  readonly actions: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly customStatus?: unknown;
}

/** An orchestration that is under way, or was recorded. */
export interface Recording {
  readonly instanceId: string;
  readonly input: unknown;
  readonly version: string;
  readonly history: readonly HistoryEvent[];
}

/** Answers an activity; what it throws is a failure of this attempt. */
export type Activities = (name: string, input: unknown) => unknown;

const types = {
  ExecutionStarted: 0,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventRaised: 15,
} as const;

const callActivityWithRetry = 1;
const whenAny = 11;

/**
 * Plays the durable engine for one run of `run-saga`, with the real SDK replaying the whole history
 * at every turn. Runs do one thing at a time, so that the numbers of their tasks follow each other.
 */
export class DurableStage {
  readonly history: HistoryEvent[] = [];
  readonly #recording: Omit<Recording, 'history'>;
  readonly #activities: Activities;
  /** How many actions of the run are in the history already. */
  #known = 0;
  #nextId = 0;
  #now: number;
  #turn: Turn = { isDone: false, actions: [[]] };
  #timer: { readonly id: number; readonly fireAt: string } | undefined;

  constructor(recording: Omit<Recording, 'history'>, activities: Activities, now: number) {
    this.#recording = recording;
    this.#activities = activities;
    this.#now = now;
  }

  /** Begins the run and lets it come to its first wait. */
  static async begin(
    recording: Omit<Recording, 'history'>,
    activities: Activities,
    now = Date.UTC(2026, 10, 21, 8),
  ): Promise<DurableStage> {
    const stage = new DurableStage(recording, activities, now);
    const { version, input } = recording;
    const started = { Name: 'run-saga', Version: version, Input: JSON.stringify(input) };
    await stage.#play([stage.#event(types.ExecutionStarted, started)]);
    return stage;
  }

  /** Takes up a recorded run where it waits. Fails when the code decides otherwise than it did. */
  static async resume(recording: Recording, activities: Activities): Promise<DurableStage> {
    const last = recording.history.at(-1);
    const stage = new DurableStage(recording, activities, Date.parse(last?.Timestamp ?? ''));
    stage.history.push(...structuredClone(recording.history));
    stage.#turn = await stage.#replay();
    const scheduled = stage.history.filter(
      ({ EventType }) => EventType === types.TaskScheduled || EventType === types.TimerCreated,
    );
    stage.#nextId = scheduled.length;
    stage.#known = stage.#actions.length;
    const decided = stage.#actions.map(describe);
    const recorded = scheduled.map(({ Name, FireAt }) => String(Name ?? FireAt));
    if (JSON.stringify(decided) !== JSON.stringify(recorded)) {
      throw new Error(`Recorded: ${recorded.join()}\nDecided: ${decided.join()}`);
    }
    const timer = scheduled.at(-1);
    stage.#timer = { id: timer?.EventId ?? 0, fireAt: String(timer?.['FireAt']) };
    return stage;
  }

  get output(): unknown {
    return this.#turn.output;
  }

  get status(): unknown {
    return this.#turn.customStatus;
  }

  get isDone(): boolean {
    return this.#turn.isDone;
  }

  /** Timers that the run has given up. */
  get cancelledTimers(): number {
    const timers = this.#actions.flatMap(({ compoundActions = [] }) => compoundActions);
    return timers.filter(({ isCanceled }) => isCanceled === true).length;
  }

  /** Puts a message before the run and lets it go on. */
  async raise(message: unknown): Promise<void> {
    await this.#play([this.messageEvent(message)]);
  }

  /** An event to be raised from within an activity: it arrives while the run is busy. */
  messageEvent(message: unknown): HistoryEvent {
    return this.#event(types.EventRaised, { Name: 'message', Input: JSON.stringify(message) });
  }

  /** Events that arrive before the activity under way has ended. */
  readonly meanwhile: HistoryEvent[] = [];

  /** Lets the time come that the run waits for. */
  async fireTimer(): Promise<void> {
    if (this.#timer === undefined) throw new Error('The run waits for no timer');
    const { id, fireAt } = this.#timer;
    this.#now = Math.max(this.#now, Date.parse(fireAt));
    await this.#play([this.#event(types.TimerFired, { TimerId: id, FireAt: fireAt })]);
  }

  recording(): Recording {
    return { ...this.#recording, history: structuredClone(this.history) };
  }

  get #actions(): readonly Action[] {
    return this.#turn.actions[0] ?? [];
  }

  /** One turn after the other, until the run waits for a message or the time, or has ended. */
  async #play(events: readonly HistoryEvent[]): Promise<void> {
    let news = events;
    while (news.length > 0) {
      this.#now += 1;
      for (const event of this.history) event.IsPlayed = true;
      this.history.push(this.#event(types.OrchestratorStarted, {}), ...news);
      this.#turn = await this.#replay();
      const actions = this.#actions.slice(this.#known);
      this.#known += actions.length;
      const outcomes = actions.map((action) => this.#schedule(action));
      this.history.push(this.#event(types.OrchestratorCompleted, {}));
      if (this.#turn.isDone) return;
      // Only the last thing that a run has begun can still be under way.
      news = [...this.meanwhile.splice(0), ...(outcomes.at(-1)?.() ?? [])];
    }
  }

  /** Puts an action into the history; the answer makes the events that come of it. */
  #schedule(action: Action): () => readonly HistoryEvent[] {
    if (action.actionType === whenAny) {
      const fireAt = action.compoundActions?.at(-1)?.fireAt ?? '';
      this.#timer = { id: this.#nextId, fireAt };
      this.#created({ FireAt: fireAt });
      return () => [];
    }
    if (action.actionType !== callActivityWithRetry) throw new Error(describe(action));
    const { functionName: Name = '', input } = action;
    this.history.push(this.#event(types.TaskScheduled, { EventId: this.#nextId, Name }));
    const id = this.#nextId++;
    return () => this.#attempt({ id, Name, input, left: action.retryOptions?.maxNumberOfAttempts });
  }

  #attempt(call: {
    readonly id: number;
    readonly Name: string;
    readonly input: unknown;
    readonly left: number | undefined;
  }): readonly HistoryEvent[] {
    const { id, Name, input, left = 1 } = call;
    try {
      // What an activity is given and what it answers travel as JSON.
      const result: unknown = this.#activities(Name, JSON.parse(JSON.stringify(input)));
      const Result = result === undefined ? null : JSON.stringify(result);
      const meanwhile = this.meanwhile.splice(0);
      const completed = this.#event(types.TaskCompleted, { TaskScheduledId: id, Result });
      return [...meanwhile, completed];
    } catch (error) {
      const failure = { TaskScheduledId: id, Reason: String(error), Details: '' };
      const timerId = this.#nextId++;
      const fired = { TimerId: timerId, FireAt: new Date(this.#now).toISOString() };
      const failed = [this.#event(types.TaskFailed, failure), this.#event(types.TimerFired, fired)];
      if (left <= 1) return failed;
      const next = this.#nextId++;
      return [...failed, ...this.#attempt({ ...call, id: next, left: left - 1 })];
    }
  }

  #created(fields: Readonly<Record<string, unknown>>): void {
    this.history.push(this.#event(types.TimerCreated, { EventId: this.#nextId, ...fields }));
    this.#nextId += 1;
  }

  #event(EventType: number, fields: Readonly<Record<string, unknown>>): HistoryEvent {
    const Timestamp = new Date(this.#now).toISOString();
    return { EventType, EventId: -1, IsPlayed: false, Timestamp, ...fields };
  }

  async #replay(): Promise<Turn> {
    const { instanceId, input } = this.#recording;
    const trigger = {
      ...{ history: structuredClone(this.history), input, instanceId, isReplaying: false },
      ...{ upperSchemaVersion: 1, upperSchemaVersionNew: 2, parentInstanceId: null },
      longRunningTimerIntervalDuration: '3.00:00:00',
      maximumShortTimerDuration: '6.00:00:00',
    };
    const turn: unknown = await runSagaHandler(trigger, new DummyOrchestrationContext());
    return JSON.parse(JSON.stringify(turn)) as Turn;
  }
}

/** What an action is recognised by in a history. */
function describe({ functionName, compoundActions, actionType }: Action): string {
  return functionName ?? compoundActions?.at(-1)?.fireAt ?? `action ${actionType}`;
}
