/** The numbers that stand for the kinds of history events. Source: DurableTask.Core, EventType. */
export const eventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventSent: 14,
  eventRaised: 15,
  continueAsNew: 16,
  generic: 17,
  executionSuspended: 19,
  executionResumed: 20,
} as const;

/** The `EventId` of an event that is no task. */
export const noTask = -1;

interface Recorded {
  /** The number of the task that the event schedules, or `noTask`. */
  readonly EventId: number;
  /** ISO 8601. */
  readonly Timestamp: string;
}

/** A value of the orchestration as JSON text; null where there is none. */
export type JsonText = string | null;

interface ExecutionStarted extends Recorded {
  readonly EventType: typeof eventType.executionStarted;
  readonly Name: string;
  readonly Version?: string;
  readonly Input: JsonText;
}

interface TaskScheduled extends Recorded {
  readonly EventType: typeof eventType.taskScheduled;
  readonly Name: string;
  readonly Input: JsonText;
}

interface TimerCreated extends Recorded {
  readonly EventType: typeof eventType.timerCreated;
  /** ISO 8601. */
  readonly FireAt: string;
}

interface SubOrchestrationCreated extends Recorded {
  readonly EventType: typeof eventType.subOrchestrationCreated;
  readonly Name: string;
  readonly InstanceId: string;
  readonly Version?: string;
  readonly Input: JsonText;
}

/** An operation sent to an entity. */
export interface EventSent extends Recorded {
  readonly EventType: typeof eventType.eventSent;
  readonly InstanceId: string;
  readonly Name: string;
  /** An `EntityRequest` as JSON. */
  readonly Input: string;
}

/** What gives a task its number: something that the orchestrator has asked for. */
export type ScheduleEvent = TaskScheduled | TimerCreated | SubOrchestrationCreated | EventSent;

interface TaskSucceeded extends Recorded {
  readonly EventType: typeof eventType.taskCompleted | typeof eventType.subOrchestrationCompleted;
  readonly TaskScheduledId: number;
  readonly Result: JsonText;
}

interface TaskFaulted extends Recorded {
  readonly EventType: typeof eventType.taskFailed | typeof eventType.subOrchestrationFailed;
  readonly TaskScheduledId: number;
  readonly Reason: string;
  readonly Details: string;
}

interface TimerFired extends Recorded {
  readonly EventType: typeof eventType.timerFired;
  readonly TimerId: number;
  /** ISO 8601. */
  readonly FireAt: string;
}

export interface EventRaised extends Recorded {
  readonly EventType: typeof eventType.eventRaised;
  readonly Name: string;
  readonly Input: JsonText;
  /** Told by the host from others of the same content; the SDK does not look at it. */
  readonly MessageId: string;
}

/** What an orchestrator may wait for. */
type CompletionEvent = TaskSucceeded | TaskFaulted | TimerFired | EventRaised;

/** The host's own note that a timer will not fire; the SDK passes over it. */
interface TimerCanceled extends Recorded {
  readonly EventType: typeof eventType.generic;
  readonly Data: 'TimerCanceled';
  readonly TimerId: number;
}

interface ExecutionEnded extends Recorded {
  readonly EventType: typeof eventType.executionCompleted | typeof eventType.executionTerminated;
}

/** The bounds of an episode, and pauses. */
interface Mark extends Recorded {
  readonly EventType:
    | typeof eventType.orchestratorStarted
    | typeof eventType.orchestratorCompleted
    | typeof eventType.executionSuspended
    | typeof eventType.executionResumed;
}

/**
 * One event of the history of an orchestration, with the names that the SDK reads.
 * Source: durable-functions 3.5.0, lib/src/history.
 */
export type HistoryEvent =
  ExecutionStarted | ExecutionEnded | ScheduleEvent | CompletionEvent | TimerCanceled | Mark;
