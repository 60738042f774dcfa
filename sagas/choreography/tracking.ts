import type { ParticipantName } from '../../domain/messages.ts';
import { isBefore, type Clock } from '../../shared/kernel/time.ts';
import type { DueRow, DueRows, StoredDueRow } from '../../shared/ports/due-rows.ts';
import type { ListedSaga, SagaListing } from '../../shared/ports/saga-listing.ts';
import type { SagaDefinition } from '../definition.ts';
import type { ChoreographyEvent } from './choreography-event.ts';
import { react, requireDefinition, type ServicePorts } from './service.ts';
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

/** Somebody else wrote the row; a session has one reader, so this is one that lost its lock. */
const maxConflicts = 5;

/**
 * Takes an event into the row of its saga, and lets the context of the tracker react to what is due.
 * What follows from the event goes out before the row is written: the session delivers an event again
 * until both are done, and the same row and event have the same consequences.
 * Errors: those of the ports.
 */
export async function trackEvent(event: ChoreographyEvent, ports: TrackingPorts): Promise<void> {
  for (let conflicts = 0; conflicts < maxConflicts; conflicts += 1) {
    if (await attempt(event, ports)) return;
  }
  throw new Error('The row of a saga changed too often while an event was taken into it.');
}

async function attempt(event: ChoreographyEvent, ports: TrackingPorts): Promise<boolean> {
  const { rows, patience, clock } = ports;
  const stored = await rows.read(event.sagaId);
  const state = stored === undefined ? untracked : decodeState(stored.row.text);
  const name = state.saga?.thread.definition ?? ('thread' in event && event.thread.definition);
  if (name === false) return await parkUnknown(event, { state, stored, rows });
  const definition = requireDefinition(ports, name);
  const watch = { definition, now: clock.now(), patience };
  const tracked = track(state, event, watch);
  await spread(state.saga, tracked, { definition, ports });
  if (tracked.state === state && !isOverdue(stored, watch)) return true;
  const row = rowOf(tracked.state, stored, watch);
  return await write(event.sagaId, row, { stored, rows });
}

interface Place {
  readonly stored: StoredDueRow | undefined;
  readonly rows: DueRows;
}

/** Of a saga that nobody has heard of: a cancellation waits for it, a stroke of the clock does not. */
async function parkUnknown(
  event: ChoreographyEvent,
  { state, ...place }: Place & { readonly state: TrackerState },
): Promise<boolean> {
  const parked = event.kind === 'clock-struck' ? state : park(state, event);
  if (parked === state) return true;
  return await write(event.sagaId, { text: encodeState(parked), dueAt: undefined }, place);
}

/** Everything that follows from the event, outside the row. */
async function spread(
  former: TrackedSaga | undefined,
  { state: { saga }, tells, due }: Tracked,
  { definition, ports }: { readonly definition: SagaDefinition; readonly ports: TrackingPorts },
): Promise<void> {
  for (const event of due) await react(trackerHost, event, ports);
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
