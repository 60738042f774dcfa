import type { EpochMs } from '../../../../shared/kernel/time.ts';
import { writeEntityRequest } from '../entities/entity-request-codec.ts';
import { eventType, type EventSent, type ScheduleEvent } from '../history/history-event.ts';
import type { CallActivity, CallSubOrchestrator, CreateTimer, SendToEntity } from './action.ts';

/** An action that becomes a task which the instance waits for before it ends. */
export type TaskAction = CallActivity | CallSubOrchestrator | CreateTimer;

export interface TaskPlace {
  readonly id: number;
  readonly executionId: string;
  readonly now: EpochMs;
}

/** The event with which a task enters the history. */
export function draftTask(action: TaskAction, { id, executionId, now }: TaskPlace): ScheduleEvent {
  const recorded = { EventId: id, Timestamp: new Date(now).toISOString() };
  switch (action.kind) {
    case 'callActivity': {
      const { name, input } = action;
      return { EventType: eventType.taskScheduled, ...recorded, Name: name, Input: input };
    }
    case 'createTimer': {
      const fireAt = new Date(action.fireAt).toISOString();
      return { EventType: eventType.timerCreated, ...recorded, FireAt: fireAt };
    }
    case 'callSubOrchestrator': {
      const { name, input, version } = action;
      const instanceId = action.instanceId ?? `${executionId}:${id}`;
      return {
        EventType: eventType.subOrchestrationCreated,
        ...{ ...recorded, Name: name, InstanceId: instanceId, Input: input },
        ...(version !== undefined && { Version: version }),
      };
    }
  }
}

/** The event with which a message to an entity enters the history. */
export function draftRequest(action: SendToEntity, place: TaskPlace): EventSent {
  const { target, operation, input } = action;
  const { id, executionId, now } = place;
  const signal = action.kind === 'signalEntity';
  return {
    EventType: eventType.eventSent,
    ...{ EventId: id, Timestamp: new Date(now).toISOString() },
    ...{ InstanceId: target, Name: operation },
    Input: writeEntityRequest({ id: requestId(executionId, id), op: operation, signal, input }),
  };
}

/** Under this name the answer of an entity comes back: the same in every replay. */
export function requestId(executionId: string, taskId: number): string {
  return `${executionId}:${taskId}`;
}
