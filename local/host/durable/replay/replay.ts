import { durationMs, epochMs, type EpochMs } from '../../../../shared/kernel/time.ts';
import { eventType } from '../history/history-event.ts';
import type { EventRaised, HistoryEvent, JsonText } from '../history/history-event.ts';
import type { ScheduleEvent } from '../history/history-event.ts';
import type { Action, CallActivity, CallSubOrchestrator, CreateTimer } from './action.ts';
import type { SendToEntity } from './action.ts';
import { draftRequest, draftTask, requestId, type TaskAction } from './draft-task.ts';
import { EventWaiters } from './event-waiters.ts';
import type { FunctionNames } from './function-names.ts';
import { delayAfter } from './retry-delay.ts';
import { TaskNumbering } from './task-numbering.ts';

export interface ReplayInput {
  /** From the start of the execution to the events of this episode. */
  readonly events: readonly HistoryEvent[];
  /** All that the orchestrator has asked for since its start. */
  readonly actions: readonly Action[];
  readonly executionId: string;
  readonly names: FunctionNames;
}

/** Where an orchestration stands after a replay. */
export interface Replayed {
  readonly newTasks: readonly ScheduleEvent[];
  /** Timers of the history that the orchestrator has meanwhile canceled. */
  readonly canceledTimers: readonly number[];
  /** Numbers of the tasks that hold the instance: it does not end before they have. */
  readonly holding: readonly number[];
  /** Every action has ended, but for those that were left behind. */
  readonly isThrough: boolean;
  /** The orchestrator wants to begin anew, with this input. */
  readonly continueWith: { readonly input: JsonText } | undefined;
  readonly unconsumedEvents: readonly EventRaised[];
  /** Why the orchestration has to fail. */
  readonly problem: string | undefined;
  readonly warnings: readonly string[];
}

/**
 * Plays an orchestrator's actions against its history, one after the other as the Durable Functions
 * extension does, and so numbers its tasks as the SDK has numbered them. A compound action ends when
 * any, or all, of its children have ended: failed ones too.
 */
export function replay(input: ReplayInput): Replayed {
  return new Replay(input).run();
}

type Ended = (succeeded: boolean) => void;
type PlainAction = Exclude<
  Action,
  { readonly children: unknown } | { readonly target: unknown } | { readonly retry: unknown }
>;

class Replay {
  readonly #input: ReplayInput;
  readonly #numbers: TaskNumbering;
  readonly #waiters = new EventWaiters();
  readonly #open = new Map<number, Ended>();
  readonly #closedTimers = new Set<number>();
  readonly #canceledTimers: number[] = [];
  readonly #warnings = new Set<string>();
  /** What each open task was asked for by. */
  readonly #asked = new Map<number, TaskAction>();
  #position = 0;
  #isStarted = false;
  #isWaiting = false;
  #now: EpochMs = epochMs(0);
  #continueWith: { readonly input: JsonText } | undefined;
  #unsupported: string | undefined;

  constructor(input: ReplayInput) {
    this.#input = input;
    this.#numbers = new TaskNumbering(input.events, input.names);
  }

  run(): Replayed {
    const { events, actions } = this.#input;
    for (const event of events) this.#apply(event);
    const isThrough = !this.#isWaiting && this.#position === actions.length;
    if (this.#isWaiting && this.#position < actions.length) this.#warnings.add(waitsForAll);
    return {
      newTasks: this.#numbers.added,
      canceledTimers: this.#canceledTimers.filter((id) => !this.#closedTimers.has(id)),
      holding: [...this.#open.keys()],
      isThrough,
      continueWith: this.#continueWith,
      unconsumedEvents: this.#waiters.unconsumed,
      problem: this.#unsupported ?? this.#numbers.problem,
      warnings: [...this.#warnings],
    };
  }

  #apply(event: HistoryEvent): void {
    if (event.EventType === eventType.orchestratorStarted) {
      this.#now = epochMs(Date.parse(event.Timestamp));
    }
    if (event.EventType === eventType.executionStarted) this.#isStarted = true;
    if ('TaskScheduledId' in event) this.#end(event.TaskScheduledId, !('Reason' in event));
    if ('TimerId' in event) this.#closedTimers.add(event.TimerId);
    if (event.EventType === eventType.timerFired) this.#end(event.TimerId, true);
    if (event.EventType === eventType.eventRaised) this.#waiters.raise(event);
    this.#advance();
  }

  #end(id: number, succeeded: boolean): void {
    const ended = this.#open.get(id);
    this.#open.delete(id);
    this.#asked.delete(id);
    ended?.(succeeded);
  }

  /** Starts actions until one has to be waited for. */
  #advance(): void {
    const { actions } = this.#input;
    while (this.#isStarted && !this.#isWaiting) {
      const action = actions[this.#position];
      if (action === undefined) return;
      this.#position += 1;
      this.#isWaiting = true;
      this.#start(action, () => {
        this.#isWaiting = false;
      });
    }
  }

  #start(action: Action, ended: Ended): void {
    if ('children' in action) this.#compound(action, ended);
    else if ('target' in action) this.#sendToEntity(action, ended);
    else if ('retry' in action) this.#call(action, ended);
    else this.#startPlain(action, ended);
  }

  #startPlain(action: PlainAction, ended: Ended): void {
    switch (action.kind) {
      case 'createTimer':
        this.#createTimer(action, ended);
        return;
      case 'waitForEvent':
        this.#waiters.wait(action.name, () => {
          ended(true);
        });
        return;
      case 'continueAsNew':
        this.#continueWith = { input: action.input };
        ended(true);
        return;
      case 'unsupported':
        this.#unsupported ??= `${action.what} is not available in the embedded host.`;
    }
  }

  #compound(
    { kind, children }: Extract<Action, { kind: 'whenAll' | 'whenAny' }>,
    ended: Ended,
  ): void {
    let missing = kind === 'whenAny' ? 1 : children.length;
    const before = new Set([...this.#asked.values()].map((asked) => JSON.stringify(asked)));
    for (const child of children) {
      if (before.size > 0 && before.has(JSON.stringify(child))) {
        this.#warnings.add(`${describe(child)} ${sentAgain}`);
      }
      this.#start(child, () => {
        missing -= 1;
        if (missing === 0) ended(true);
      });
    }
  }

  #call(action: CallActivity | CallSubOrchestrator, ended: Ended): void {
    const { retry } = action;
    if (retry === undefined) {
      this.#openTask(action, ended);
      return;
    }
    const firstAt = this.#now;
    const attempt = (count: number): void => {
      this.#openTask(action, (succeeded) => {
        if (succeeded) {
          ended(true);
          return;
        }
        const delay = delayAfter(retry, count, durationMs(this.#now - firstAt));
        if (delay === undefined) {
          this.#warnings.add(`${action.name}: ${outOfRetryTime}`);
          ended(false);
          return;
        }
        const pause = timer(epochMs(this.#now + delay));
        this.#openTask(pause, () => {
          if (count >= retry.maxAttempts) ended(false);
          else attempt(count + 1);
        });
      });
    };
    attempt(1);
  }

  #createTimer(action: CreateTimer, ended: Ended): void {
    if (!action.isCanceled) {
      this.#openTask(action, ended);
      return;
    }
    const id = this.#numbers.skip();
    if (this.#numbers.isKnown(id)) this.#canceledTimers.push(id);
  }

  #sendToEntity(action: SendToEntity, ended: Ended): void {
    const { executionId } = this.#input;
    const number = this.#numbers.take((id) =>
      draftRequest(action, { id, executionId, now: this.#now }),
    );
    const done = (): void => {
      ended(true);
    };
    if (action.kind === 'signalEntity') done();
    else this.#waiters.wait(requestId(executionId, number), done);
  }

  #openTask(action: TaskAction, ended: Ended): void {
    const { executionId } = this.#input;
    const id = this.#numbers.take((number) =>
      draftTask(action, { id: number, executionId, now: this.#now }),
    );
    this.#open.set(id, ended);
    this.#asked.set(id, action);
  }
}

const waitsForAll =
  'The orchestrator went on after the first failure of Task.all; what it has asked for since then ' +
  'is scheduled only when all the others have ended.';
const outOfRetryTime =
  'its retry timeout is over, so there is no further timer; the SDK waits for one and may stall.';
const sentAgain =
  'is asked for again in a second Task.any or Task.all while the first one is still open: it runs ' +
  'twice, and the results of later tasks may be mixed up.';

function timer(fireAt: EpochMs): CreateTimer {
  return { kind: 'createTimer', fireAt, isCanceled: false };
}

function describe(action: Action): string {
  return 'name' in action ? `"${action.name}"` : 'A timer';
}
