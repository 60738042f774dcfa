import type { ChoreographyEvent, ThreadEvent } from './choreography-event.ts';
import type { TrackedSaga, TrackerState, Watch } from './tracked-saga.ts';
import { begin, move } from './tracker-moves.ts';
import type { Move } from './tracker-notes.ts';
import { turnOf } from './tracker-turns.ts';

/** What follows from an event. */
export interface Tracked {
  /** The same object when the event said nothing new. */
  readonly state: TrackerState;
  /** What the tracker tells the participants. */
  readonly tells: readonly ThreadEvent[];
  /**
   * What the context of the tracker may react to now, in order: the event itself, and parked ones
   * that waited for it. A repeated event is among them, as its reaction may have failed before.
   */
  readonly due: readonly ThreadEvent[];
}

/**
 * Takes an event into the state of its saga. One that comes before its turn is parked and taken when
 * its turn comes; a repeated one changes nothing. Pure: repeated on the same state, it says the same.
 */
export function track(state: TrackerState, event: ChoreographyEvent, watch: Watch): Tracked {
  const turn = turnOf(state.saga, event, watch);
  if (turn === 'early') return { state: park(state, event), tells: [], due: [] };
  if (turn === 'past') return { state, tells: [], due: isThreadEvent(event) ? [event] : [] };
  return drain(take(state, event, watch), watch);
}

/** Keeps an event until its turn comes; a copy of one that is kept changes nothing. */
export function park(state: TrackerState, event: ChoreographyEvent): TrackerState {
  const isParked = state.parked.some(({ id }) => id === event.id);
  return isParked ? state : { ...state, parked: [...state.parked, event] };
}

function isThreadEvent(event: ChoreographyEvent): event is ThreadEvent {
  return 'thread' in event && event.kind !== 'start-requested';
}

function take(state: TrackerState, event: ChoreographyEvent, watch: Watch): Tracked {
  const { saga, tells } = step(state.saga, event, watch);
  const due = isThreadEvent(event) ? [event] : [];
  return { state: saga === state.saga ? state : { ...state, saga }, tells, due };
}

function step(saga: TrackedSaga | undefined, event: ChoreographyEvent, watch: Watch): Move {
  if (saga !== undefined) return move(saga, event, watch);
  if (event.kind === 'start-requested') return begin(event.thread, watch);
  throw new Error(`No saga has started, so ${event.kind} is early.`);
}

/** Takes parked events until none has its turn. */
function drain(tracked: Tracked, watch: Watch): Tracked {
  const { state, tells, due } = tracked;
  const waiting = state.parked.filter((event) => turnOf(state.saga, event, watch) !== 'past');
  const next = waiting.find((event) => turnOf(state.saga, event, watch) === 'now');
  if (next === undefined) {
    const parked = waiting.length === state.parked.length ? state.parked : waiting;
    return { state: parked === state.parked ? state : { ...state, parked }, tells, due };
  }
  const parked = waiting.filter((event) => event !== next);
  const taken = take({ ...state, parked }, next, watch);
  return drain(
    { state: taken.state, tells: [...tells, ...taken.tells], due: [...due, ...taken.due] },
    watch,
  );
}
