import type { ParticipantName } from '../../domain/messages.ts';
import { isBefore, type Clock } from '../../shared/kernel/time.ts';
import type { DueRow, DueRows, StoredDueRow } from '../../shared/ports/due-rows.ts';
import type { ListedSaga, SagaListing } from '../../shared/ports/saga-listing.ts';
import type { SagaDefinition } from '../definition.ts';
import { contended } from '../runner/contended.ts';
import type { ChoreographyEvent, TrackerEvent } from './choreography-event.ts';
import { react, requireDefinition, type Received, type ServicePorts } from './service.ts';
import {
  untracked,
  wakeOf,
  type PatienceDefaults,
  type TrackedSaga,
  type TrackerState,
  type Watch,
} from './tracked-saga.ts';
import { decodeState, encodeState } from './tracker-state-codec.ts';
import { park, track, type Tracked } from './tracker.ts';

/** The participant whose context keeps the state of sagas. */
export const trackerHost: ParticipantName = 'orders';

export interface TrackingPorts extends ServicePorts {
  readonly rows: DueRows;
  readonly listing: Pick<SagaListing, 'move'>;
  /** Puts a saga before a person; doing it again is harmless. */
  readonly callForHelp: (saga: TrackedSaga, definition: SagaDefinition) => Promise<void>;
  readonly clock: Clock;
  readonly patience: PatienceDefaults;
}

/** A session has one reader, so that whoever meets another one is about to lose its lock. */
const maxTries = 5;

/**
 * Takes an event into the row of its saga, and lets the context of the tracker react to what is due.
 * What follows from the event goes out before the row is written: the session delivers an event again
 * until both are done, and the same row and event have the same consequences.
 * Errors: those of the ports; `saga.contended` (transient).
 */
export async function trackEvent(received: Received, ports: TrackingPorts): Promise<void> {
  const { event, delivery } = received;
  if (isOwnWish(event)) {
    await react(trackerHost, { event, delivery }, ports);
    return;
  }
  for (let tries = 0; tries < maxTries; tries += 1) {
    if (await tryToTrack(received, ports)) return;
  }
  throw contended(event.sagaId);
}

/** What the tracker has said itself, and does not wait for: its row is left alone. */
function isOwnWish(event: ChoreographyEvent): event is TrackerEvent {
  return ['started', 'step-awaited', 'undo-awaited', 'ended'].includes(event.kind);
}

async function tryToTrack(received: Received, ports: TrackingPorts): Promise<boolean> {
  const { event } = received;
  const { rows, patience, clock } = ports;
  const stored = await rows.read(event.sagaId);
  const place = { stored, rows };
  const state = stored === undefined ? untracked : decodeState(stored.row.text);
  const name = definitionIn(state, event);
  if (name === undefined) return await parkUnknown(event, state, place);
  const definition = requireDefinition(ports, name);
  const watch = { definition, now: clock.now(), patience };
  const tracked = track(state, event, watch);
  const failure = await reactToDue(tracked, received, ports);
  await spread(state.saga, tracked, { definition, ports });
  const isSame = tracked.state === state && !isOverdue(stored, watch);
  const row = rowOf(tracked.state, stored, watch);
  const isWritten = isSame || (await write(event.sagaId, row, place));
  if (isWritten && failure !== undefined) throw failure.error;
  return isWritten;
}

/** Which definition the saga follows: a request for its cancellation does not know. */
function definitionIn({ saga }: TrackerState, event: ChoreographyEvent): string | undefined {
  if (saga !== undefined) return saga.thread.definition;
  return 'thread' in event ? event.thread.definition : undefined;
}

/**
 * A failed reaction to the event itself does not keep it from the row: the tracker would ask those
 * who have answered, instead of its own context. It is repeated when the event is delivered again.
 */
async function reactToDue(
  { due }: Tracked,
  { event, delivery }: Received,
  ports: TrackingPorts,
): Promise<{ readonly error: unknown } | undefined> {
  let failure: { readonly error: unknown } | undefined;
  for (const each of due) {
    try {
      await react(trackerHost, { event: each, delivery }, ports);
    } catch (error) {
      if (each !== event) throw error;
      failure = { error };
    }
  }
  return failure;
}

interface Place {
  readonly stored: StoredDueRow | undefined;
  readonly rows: DueRows;
}

/** Of a saga that nobody has heard of: a cancellation waits for it, a stroke of the clock does not. */
async function parkUnknown(
  event: ChoreographyEvent,
  state: TrackerState,
  place: Place,
): Promise<boolean> {
  const parked = event.kind === 'clock-struck' ? state : park(state, event);
  if (parked === state) return true;
  return await write(event.sagaId, { text: encodeState(parked), dueAt: undefined }, place);
}

/** Everything that follows from the event, outside the row. */
async function spread(
  former: TrackedSaga | undefined,
  { state: { saga }, tells }: Tracked,
  { definition, ports }: { readonly definition: SagaDefinition; readonly ports: TrackingPorts },
): Promise<void> {
  for (const event of tells) await ports.publish(event);
  if (saga === undefined || saga.phase === former?.phase) return;
  await ports.listing.move(toListed(saga), former?.phase);
  if (saga.phase === 'needs-human') await ports.callForHelp(saga, definition);
}

function toListed({ thread, phase, changedAt }: TrackedSaga): ListedSaga {
  const { sagaId, definition, startedAt, reason } = thread;
  const base = { sagaId, definition, variant: 'choreography', phase, startedAt } as const;
  return { ...base, changedAt, reason: reason?.code ?? '' };
}

function rowOf(state: TrackerState, stored: StoredDueRow | undefined, watch: Watch): DueRow {
  const wakeAt = state.saga && wakeOf(state.saga, watch);
  const dueAt = stored?.row.dueAt;
  // An index entry that comes too early costs a look; moving it with every event would cost more.
  const isKept =
    dueAt !== undefined && wakeAt !== undefined && dueAt <= wakeAt && isBefore(watch.now, dueAt);
  return { text: encodeState(state), dueAt: isKept ? dueAt : wakeAt };
}

function isOverdue(stored: StoredDueRow | undefined, { now }: Watch): boolean {
  const dueAt = stored?.row.dueAt;
  return dueAt !== undefined && !isBefore(now, dueAt);
}

async function write(id: string, row: DueRow, { stored, rows }: Place): Promise<boolean> {
  return stored === undefined ? await rows.insert(id, row) : await rows.replace(id, row, stored);
}
