import { eventType, noTask, type HistoryEvent } from '../history/history-event.ts';
import { allEvents, type History } from '../history/history.ts';
import { findOpenTasks } from '../history/open-tasks.ts';
import { requestId } from '../replay/draft-task.ts';
import type { Instance } from './instance.ts';
import type { Message } from './message.ts';

export interface Accepted {
  /** What the messages are in the history; those that are late or known have left no trace. */
  readonly events: readonly HistoryEvent[];
  readonly isSuspended: boolean;
  /** Given if the instance has to end without being asked. */
  readonly terminateReason: string | undefined;
}

/** Turns messages into events, in their order. Messages after a termination have no effect. */
export function acceptMessages(
  { instance, history }: { readonly instance: Instance; readonly history: History },
  messages: readonly Message[],
  timestamp: string,
): Accepted {
  const known = allEvents(history);
  const open = findOpenTasks(known);
  const raised = new Set<string>();
  for (const event of known) {
    if (event.EventType === eventType.eventRaised) raised.add(event.MessageId);
  }
  const events: HistoryEvent[] = [];
  let isSuspended = instance.status === 'Suspended';
  for (const message of messages) {
    if (message.kind === 'terminate') {
      return { events, isSuspended, terminateReason: message.reason };
    }
    if (isLate(message, instance) || isRepeated(message, { open, raised, isSuspended })) continue;
    if ('taskId' in message) open.delete(message.taskId);
    if (message.kind === 'eventRaised') raised.add(message.messageId);
    if (message.kind === 'suspend') isSuspended = true;
    if (message.kind === 'resume') isSuspended = false;
    events.push(toEvent(message, timestamp));
  }
  return { events, isSuspended, terminateReason: undefined };
}

function isLate(message: Message, { executionId }: Instance): boolean {
  return 'executionId' in message && message.executionId !== executionId;
}

interface Known {
  readonly open: ReadonlyMap<number, unknown>;
  readonly raised: ReadonlySet<string>;
  readonly isSuspended: boolean;
}

function isRepeated(message: Message, { open, raised, isSuspended }: Known): boolean {
  switch (message.kind) {
    case 'eventRaised':
      return raised.has(message.messageId);
    case 'suspend':
      return isSuspended;
    case 'resume':
      return !isSuspended;
    case 'terminate':
      return false;
    default:
      return !open.has(message.taskId);
  }
}

function toEvent(message: Exclude<Message, { kind: 'terminate' }>, at: string): HistoryEvent {
  const recorded = { EventId: noTask, Timestamp: at };
  switch (message.kind) {
    case 'eventRaised': {
      const { name, input, messageId } = message;
      const raised = { Name: name, Input: input, MessageId: messageId };
      return { EventType: eventType.eventRaised, ...recorded, ...raised };
    }
    case 'suspend':
      return { EventType: eventType.executionSuspended, ...recorded };
    case 'resume':
      return { EventType: eventType.executionResumed, ...recorded };
    default:
      return toCompletion(message, at);
  }
}

function toCompletion(message: Extract<Message, { taskId: number }>, at: string): HistoryEvent {
  const recorded = { EventId: noTask, Timestamp: at, TaskScheduledId: message.taskId };
  switch (message.kind) {
    case 'activityCompleted':
      return { EventType: eventType.taskCompleted, ...recorded, Result: message.result };
    case 'childCompleted':
      return {
        EventType: eventType.subOrchestrationCompleted,
        ...recorded,
        Result: message.result,
      };
    case 'activityFailed': {
      const { reason, details } = message;
      return { EventType: eventType.taskFailed, ...recorded, Reason: reason, Details: details };
    }
    case 'childFailed': {
      const failure = { Reason: message.reason, Details: '' };
      return { EventType: eventType.subOrchestrationFailed, ...recorded, ...failure };
    }
    case 'callAnswered': {
      const name = requestId(message.executionId, message.taskId);
      const raised = { Name: name, Input: message.answer, MessageId: name };
      return { EventType: eventType.eventRaised, EventId: noTask, Timestamp: at, ...raised };
    }
    case 'timerFired': {
      const { taskId, fireAt } = message;
      const fired = { EventId: noTask, Timestamp: at, TimerId: taskId, FireAt: fireAt };
      return { EventType: eventType.timerFired, ...fired };
    }
  }
}
