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
    const scheduled = asScheduled(event);
    if (scheduled !== undefined) open.set(scheduled.EventId, scheduled);
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

/** The event itself if it schedules a task. */
export function asScheduled(event: HistoryEvent): ScheduleEvent | undefined {
  switch (event.EventType) {
    case eventType.taskScheduled:
    case eventType.timerCreated:
    case eventType.subOrchestrationCreated:
    case eventType.eventSent:
      return event;
    default:
      return undefined;
  }
}

function endedTask(event: HistoryEvent, calls: ReadonlyMap<string, number>): number | undefined {
  switch (event.EventType) {
    case eventType.taskCompleted:
    case eventType.taskFailed:
    case eventType.subOrchestrationCompleted:
    case eventType.subOrchestrationFailed:
      return event.TaskScheduledId;
    case eventType.timerFired:
    case eventType.generic:
      return event.TimerId;
    case eventType.eventRaised:
      return calls.get(event.Name);
    default:
      return undefined;
  }
}
