import type {
  StepEvent,
  Thread,
  ThreadEvent,
} from '../../../sagas/choreography/choreography-event.ts';
import type { TrackerState, Watch } from '../../../sagas/choreography/tracked-saga.ts';
import { untracked } from '../../../sagas/choreography/tracked-saga.ts';
import { track, type Tracked } from '../../../sagas/choreography/tracker.ts';
import type { ChoreographyEvent } from '../../../sagas/choreography/choreography-event.ts';
import { orderFulfilment } from '../../../sagas/order-fulfilment/definition.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import { lifetime, patience, startedAt } from './world.ts';

export const sagaId = 'SO-1';

export const thread: Thread = {
  definition: 'order-fulfilment',
  sagaId,
  facts: { order_id: sagaId, amount: 12.5, currency: 'EUR', lines: [] },
  startedAt,
  deadline: epochMs(startedAt + lifetime),
  undos: [],
};

export function done(step: string, attempt = 1): StepEvent {
  return { kind: 'done', id: `${sagaId}/${step}/done`, sagaId, thread, step, attempt };
}

export function undone(step: string, told: Partial<Thread> = {}): StepEvent {
  const id = `${sagaId}/${step}/undone`;
  return { kind: 'undone', id, sagaId, thread: { ...thread, ...told }, step, attempt: 1 };
}

export function refused(step: string, code = `${step}.no`): StepEvent {
  const id = `${sagaId}/${step}/refused`;
  const reason = { code, detail: 'no' };
  const told = { ...thread, reason };
  return { kind: 'refused', id, sagaId, thread: told, step, attempt: 1, code, detail: 'no' };
}

export function undoRefused(step: string, attempt: number): StepEvent {
  const id = `${sagaId}/${step}/undo-refused/${attempt}`;
  const code = 'delivered';
  return { kind: 'undo-refused', id, sagaId, thread, step, attempt, code, detail: 'too late' };
}

export function startRequest(): ChoreographyEvent {
  return { kind: 'start-requested', id: `${sagaId}/start-requested/1`, sagaId, thread };
}

export function cancelRequest(detail = 'not wanted'): ChoreographyEvent {
  const id = `${sagaId}/cancel-requested/${detail}`;
  const reason = { code: 'saga.cancelled', detail };
  return { kind: 'cancel-requested', id, sagaId, reason, at: startedAt };
}

export const clockStroke: ChoreographyEvent = {
  ...{ kind: 'clock-struck', id: `${sagaId}/clock/1`, sagaId },
};

export function watchAt(sinceStart: number): Watch {
  return { definition: orderFulfilment, now: epochMs(startedAt + sinceStart), patience };
}

/** A tracker that is told one event after the other. */
export class ToldTracker {
  state: TrackerState = untracked;
  readonly tells: ThreadEvent[] = [];

  /** Tells it at a time in milliseconds since the start of the saga. */
  tell(event: ChoreographyEvent, at = 0): Tracked {
    const tracked = track(this.state, event, watchAt(at));
    this.state = tracked.state;
    this.tells.push(...tracked.tells);
    return tracked;
  }

  tellAll(events: readonly ChoreographyEvent[], at = 0): this {
    for (const event of events) this.tell(event, at);
    return this;
  }

  /** What it told the others, without the id of the saga. */
  get told(): readonly string[] {
    return this.tells.map(({ id }) => id.slice(sagaId.length + 1));
  }

  get journal(): readonly string[] {
    const entries = this.state.saga?.journal ?? [];
    return entries.map(({ what, step }) => (step === undefined ? what : `${what} ${step}`));
  }
}

/** The names of the steps of an order, in order. */
export const orderSteps: readonly string[] = orderFulfilment.steps.map(({ name }) => name);

/** An order whose first steps are done. */
export function trackerAfter(steps: number): ToldTracker {
  const events = orderSteps.slice(0, steps).map((step) => done(step));
  return new ToldTracker().tellAll([startRequest(), ...events]);
}
