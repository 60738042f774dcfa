import type { EpochMs } from '../../../../shared/kernel/time.ts';
import { parseEntityRequest } from '../entities/entity-request-codec.ts';
import { eventType, noTask } from '../history/history-event.ts';
import type { HistoryEvent, JsonText, ScheduleEvent } from '../history/history-event.ts';
import { withHeld, type History, type HistoryRow } from '../history/history.ts';
import type { OrchestratorAnswer } from '../replay/action.ts';
import type { FunctionNames } from '../replay/function-names.ts';
import { replay, type Replayed } from '../replay/replay.ts';
import type { EntityOperation, Instance } from './instance.ts';

/** An instance with its history, as committed. */
export interface InstanceState {
  readonly instance: Instance;
  readonly history: History;
}

/** One run of an orchestrator with what is new to it. */
export interface Episode {
  /** What will be committed, but for what the orchestrator asks for. */
  readonly row: HistoryRow;
  /** The same as the orchestrator sees it. */
  readonly newEvents: readonly HistoryEvent[];
  readonly at: EpochMs;
}

/** The next state of an instance, to be committed as one. */
export interface Step {
  readonly instance: Instance;
  readonly row: HistoryRow | undefined;
  /** What was asked for and is to be set going once the step is committed. */
  readonly newTasks: readonly ScheduleEvent[];
  readonly canceledTimers: readonly number[];
  readonly warnings: readonly string[];
}

/** Begins an episode with events that were accepted. @param now not before the last episode's */
export function beginEpisode(
  { instance, history }: InstanceState,
  accepted: readonly HistoryEvent[],
  now: EpochMs,
): Episode {
  const recorded = { EventId: noTask, Timestamp: new Date(now).toISOString() };
  const { name, version, input } = instance;
  const start: HistoryEvent = {
    EventType: eventType.executionStarted,
    ...{ ...recorded, Name: name, Input: input },
    ...(version !== undefined && { Version: version }),
  };
  const isFirst = history.played.length === 0;
  const row: HistoryRow = [
    { EventType: eventType.orchestratorStarted, ...recorded },
    ...(isFirst ? [start] : []),
    ...accepted,
  ];
  return { row, newEvents: withHeld(row, history.held), at: now };
}

export interface Conclusion {
  readonly answer: OrchestratorAnswer;
  readonly names: FunctionNames;
  /** Of the next execution, should the orchestrator begin anew. */
  readonly newExecutionId: string;
}

/** Draws the consequences of an orchestrator's answer. */
export function concludeEpisode(
  state: InstanceState,
  episode: Episode,
  { answer, names, newExecutionId }: Conclusion,
): Step {
  const { instance, history } = state;
  const { executionId } = instance;
  const events = [...history.played, ...episode.newEvents];
  const replayed = replay({ events, actions: answer.actions, executionId, names });
  if (replayed.problem !== undefined) return failEpisode(state, episode, replayed.problem);
  const { end, customStatus } = answer;
  const current: Instance = { ...instance, customStatus, status: 'Running', updatedAt: episode.at };
  const isOver = end.kind !== 'notYet' && replayed.isThrough && replayed.holding.length === 0;
  if (!isOver) return goOn(current, episode, { replayed, isReturned: end.kind !== 'notYet' });
  const sent = outgoing(current, replayed.newTasks, () => true);
  if (replayed.continueWith !== undefined && end.kind === 'returned') {
    return continueAsNew({ ...current, ...sent }, replayed, newExecutionId);
  }
  const ended: Instance =
    end.kind === 'returned'
      ? { ...current, ...sent, status: 'Completed', output: end.output }
      : { ...current, ...sent, status: 'Failed', output: failureOf(instance.name, end.message) };
  return finish(ended, episode, replayed);
}

/** Ends an instance that cannot go on, with nothing of what its orchestrator has asked for last. */
export function failEpisode({ instance }: InstanceState, episode: Episode, reason: string): Step {
  const output = failureOf(instance.name, reason);
  const failed: Instance = { ...instance, status: 'Failed', output, updatedAt: episode.at };
  return finish(failed, episode, undefined);
}

/** The reason of a failure as the client and a parent see it, as JSON. */
function failureOf(name: string, message: string): string {
  return JSON.stringify(`Orchestrator function '${name}' failed: ${message}`);
}

function goOn(
  current: Instance,
  episode: Episode,
  { replayed, isReturned }: { readonly replayed: Replayed; readonly isReturned: boolean },
): Step {
  const { newTasks, canceledTimers, holding } = replayed;
  const isSignal = (event: ScheduleEvent): boolean =>
    event.EventType === eventType.eventSent && parseEntityRequest(event.Input).signal;
  const held = `The orchestrator is done, but stays Running for its open tasks ${holding.join()}.`;
  return {
    instance: { ...current, ...outgoing(current, newTasks, isSignal) },
    row: endRow(episode, replayed),
    newTasks,
    canceledTimers,
    warnings: isReturned && replayed.isThrough ? [...replayed.warnings, held] : replayed.warnings,
  };
}

function finish(ended: Instance, episode: Episode, replayed: Replayed | undefined): Step {
  const at = new Date(episode.at).toISOString();
  const completed: HistoryEvent = {
    ...{ EventType: eventType.executionCompleted, EventId: noTask, Timestamp: at },
  };
  return {
    instance: ended,
    row: [...endRow(episode, replayed), completed],
    newTasks: replayed?.newTasks ?? [],
    canceledTimers: replayed?.canceledTimers ?? [],
    warnings: replayed?.warnings ?? [],
  };
}

/** The next execution begins with the events that the last one has not consumed. */
function continueAsNew(current: Instance, replayed: Replayed, executionId: string): Step {
  const { unconsumedEvents, newTasks, canceledTimers, warnings } = replayed;
  const input: JsonText = replayed.continueWith?.input ?? null;
  return {
    instance: { ...current, executionId, input },
    row: unconsumedEvents.length === 0 ? undefined : unconsumedEvents,
    ...{ newTasks, canceledTimers, warnings },
  };
}

function endRow({ row, at }: Episode, replayed: Replayed | undefined): HistoryRow {
  const recorded = { EventId: noTask, Timestamp: new Date(at).toISOString() };
  const canceled = (replayed?.canceledTimers ?? []).map((id): HistoryEvent => ({
    ...{ EventType: eventType.generic, ...recorded, Data: 'TimerCanceled', TimerId: id },
  }));
  const end: HistoryEvent = { EventType: eventType.orchestratorCompleted, ...recorded };
  return [...row, ...canceled, ...(replayed?.newTasks ?? []), end];
}

function outgoing(
  { instanceId, executionId, outbox }: Instance,
  tasks: readonly ScheduleEvent[],
  isWanted: (event: ScheduleEvent) => boolean,
): Pick<Instance, 'outbox'> {
  const operations = tasks.flatMap((event): EntityOperation[] => {
    if (event.EventType !== eventType.eventSent || !isWanted(event)) return [];
    return [toOperation(event, { instanceId, executionId })];
  });
  return { outbox: [...outbox, ...operations] };
}

/** The operation that an event of the history has sent. */
export function toOperation(
  event: Extract<ScheduleEvent, { readonly EventType: typeof eventType.eventSent }>,
  sender: { readonly instanceId: string; readonly executionId: string },
): EntityOperation {
  const { id, op, input, signal } = parseEntityRequest(event.Input);
  return {
    target: event.InstanceId,
    ...{ requestId: id, operation: op, input, isSignal: signal },
    sender: { ...sender, number: event.EventId },
  };
}
