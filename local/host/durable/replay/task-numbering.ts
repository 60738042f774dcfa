import { entityNameOf } from '../entities/entity-id.ts';
import { isScheduleEvent } from '../history/open-tasks.ts';
import { eventType, type HistoryEvent, type ScheduleEvent } from '../history/history-event.ts';
import type { FunctionNames } from './function-names.ts';

/**
 * Gives tasks their numbers, from 0 in the order of scheduling, and compares them with the ones that
 * the history knows. Tells which are new.
 */
export class TaskNumbering {
  readonly #known = new Map<number, ScheduleEvent>();
  readonly #names: FunctionNames;
  readonly #added: ScheduleEvent[] = [];
  #next = 0;
  #problem: string | undefined;

  constructor(history: Iterable<HistoryEvent>, names: FunctionNames) {
    for (const event of history) {
      if (isScheduleEvent(event)) this.#known.set(event.EventId, event);
    }
    this.#names = names;
  }

  /** The tasks that are not in the history yet. */
  get added(): readonly ScheduleEvent[] {
    return this.#added;
  }

  /** Why the orchestration cannot go on: it no longer does what its history says, or never could. */
  get problem(): string | undefined {
    const [lost] = [...this.#known.keys()].filter((id) => id >= this.#next);
    if (this.#problem !== undefined || lost === undefined) return this.#problem;
    return nonDeterministic(`task ${lost} of the history is no longer asked for`);
  }

  isKnown(id: number): boolean {
    return this.#known.has(id);
  }

  /** The number of the next task, without a record of it: what it is asked for will never happen. */
  skip(): number {
    const id = this.#next;
    this.#next += 1;
    return id;
  }

  /** The number of the next task. */
  take(draft: (id: number) => ScheduleEvent): number {
    const id = this.skip();
    const event = draft(id);
    const known = this.#known.get(id);
    if (known === undefined) this.#add(event);
    else if (describe(known) !== describe(event)) {
      this.#problem ??= nonDeterministic(
        `task ${id} was ${describe(known)} and is now ${describe(event)}`,
      );
    }
    return id;
  }

  #add(event: ScheduleEvent): void {
    const missing = missingFunction(event, this.#names);
    if (missing === undefined) this.#added.push(event);
    else this.#problem ??= missing;
  }
}

function nonDeterministic(what: string): string {
  return `Non-Deterministic workflow detected: ${what}.`;
}

function describe(event: ScheduleEvent): string {
  switch (event.EventType) {
    case eventType.timerCreated:
      return 'a timer';
    case eventType.taskScheduled:
      return `the activity '${event.Name}'`;
    case eventType.subOrchestrationCreated:
      return `the sub-orchestration '${event.Name}'`;
    case eventType.eventSent:
      return `a message to '${event.InstanceId}'`;
  }
}

function missingFunction(event: ScheduleEvent, names: FunctionNames): string | undefined {
  switch (event.EventType) {
    case eventType.timerCreated:
      return undefined;
    case eventType.taskScheduled:
      return names.hasActivity(event.Name) ? undefined : missing(event.Name, 'activity');
    case eventType.subOrchestrationCreated:
      return names.hasOrchestrator(event.Name) ? undefined : missing(event.Name, 'orchestrator');
    case eventType.eventSent: {
      const name = entityNameOf(event.InstanceId);
      return names.hasEntity(name) ? undefined : missing(name, 'entity');
    }
  }
}

function missing(name: string, kind: string): string {
  return `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function.`;
}
