import { parseEntityRequest } from '../entities/entity-request-codec.ts';
import { eventType, type HistoryEvent, type ScheduleEvent } from './history-event.ts';

/**
 * The tasks that were scheduled and have not ended, by number: whoever takes over an instance has
 * to see to them. A signal is no task: nobody waits for it.
 */
export function findOpenTasks(events: Iterable<HistoryEvent>): Map<number, ScheduleEvent> {
  const open = new Map<number, ScheduleEvent>();
  const calls = new Map<string, number>();
  for (const event of events) {
    if (isScheduleEvent(event)) open.set(event.EventId, event);
    if (event.EventType === eventType.eventSent) {
      const { id, signal } = parseEntityRequest(event.Input);
      if (signal) open.delete(event.EventId);
      else calls.set(id, event.EventId);
    }
    const ended = endedTask(event, calls);
    if (ended !== undefined) open.delete(ended);
  }
  return open;
}

/** True for what gives a task its number. */
export function isScheduleEvent(event: HistoryEvent): event is ScheduleEvent {
  return scheduling.has(event.EventType);
}

const scheduling: ReadonlySet<number> = new Set([
  ...[eventType.taskScheduled, eventType.timerCreated],
  ...[eventType.subOrchestrationCreated, eventType.eventSent],
]);

function endedTask(event: HistoryEvent, calls: ReadonlyMap<string, number>): number | undefined {
  if ('TaskScheduledId' in event) return event.TaskScheduledId;
  if ('TimerId' in event) return event.TimerId;
  return event.EventType === eventType.eventRaised ? calls.get(event.Name) : undefined;
}
