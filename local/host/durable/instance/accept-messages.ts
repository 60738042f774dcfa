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
  const known = new KnownMessages(instance, allEvents(history));
  const events: HistoryEvent[] = [];
  let terminateReason: string | undefined;
  for (const message of messages) {
    if (message.kind === 'terminate') terminateReason ??= message.reason;
    else if (terminateReason === undefined && known.add(message)) {
      events.push(toEvent(message, timestamp));
    }
  }
  return { events, isSuspended: known.isSuspended, terminateReason };
}

type AcceptedMessage = Exclude<Message, { readonly kind: 'terminate' }>;

/** Tells messages that matter from those that are late, or here for the second time. */
class KnownMessages {
  readonly #executionId: string;
  readonly #open: Map<number, unknown>;
  readonly #raised = new Set<string>();
  #isSuspended: boolean;

  constructor({ executionId, status }: Instance, events: readonly HistoryEvent[]) {
    this.#executionId = executionId;
    this.#open = findOpenTasks(events);
    this.#isSuspended = status === 'Suspended';
    for (const event of events) {
      if (event.EventType === eventType.eventRaised) this.#raised.add(event.MessageId);
    }
  }

  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  /** False if the message is to leave no trace. */
  add(message: AcceptedMessage): boolean {
    if ('taskId' in message) {
      return message.executionId === this.#executionId && this.#open.delete(message.taskId);
    }
    if (message.kind === 'eventRaised') {
      const isNew = !this.#raised.has(message.messageId);
      this.#raised.add(message.messageId);
      return isNew;
    }
    const isChange = (message.kind === 'suspend') !== this.#isSuspended;
    this.#isSuspended = message.kind === 'suspend';
    return isChange;
  }
}

function toEvent(message: AcceptedMessage, at: string): HistoryEvent {
  if ('taskId' in message) return toCompletion(message, at);
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
  }
}

function toCompletion(
  message: Extract<Message, { readonly taskId: number }>,
  at: string,
): HistoryEvent {
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
