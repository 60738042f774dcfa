import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { addDuration, type EpochMs } from '../../../../shared/kernel/time.ts';
import { putBack } from './dead-lettering.ts';
import { announceAvailable, type QueueParts } from './queue-parts.ts';
import type { SessionLock } from './session-table.ts';

export interface AcceptRequest {
  /** A particular session, or the next one that has messages and is free. */
  readonly sessionId: string | undefined;
  readonly holder: string;
}

export type AcceptProblem = 'sessionLocked' | 'noSessionAvailable';

/** Names a session to an operation, and whose lock on it must hold. */
export interface SessionReference {
  readonly sessionId: string;
  /** Absent: whoever holds it. */
  readonly holder?: string | undefined;
}

/** Gives a receiver exclusive hold of a session for the queue's lock duration. */
export function acceptSession(
  parts: QueueParts,
  request: AcceptRequest,
  now: EpochMs,
): Result<SessionLock, AcceptProblem> {
  const sessionId =
    request.sessionId ?? parts.store.oldestSession((id) => parts.sessions.isLocked(id));
  if (sessionId === undefined) return fail('noSessionAvailable');
  if (parts.sessions.isLocked(sessionId)) return fail('sessionLocked');
  const lockedUntil = addDuration(now, parts.settings.lockDuration);
  const lock: SessionLock = { sessionId, holder: request.holder, lockedUntil, tokens: new Set() };
  parts.sessions.grant(lock);
  return succeed(lock);
}

/** The lock that a reference names, if it still holds. */
export function findSession(
  parts: QueueParts,
  reference: SessionReference,
): SessionLock | undefined {
  const lock = parts.sessions.lockOf(reference.sessionId);
  if (reference.holder !== undefined && lock?.holder !== reference.holder) return undefined;
  return lock;
}

/** Gives a session back in order: what was not settled is ready again and counts as not delivered. */
export function releaseSession(parts: QueueParts, lock: SessionLock, now: EpochMs): void {
  if (!parts.sessions.holds(lock)) return;
  parts.sessions.release(lock);
  endSession(parts, lock, { failed: false, now });
}

/** Ends the session locks that ran out: what was not settled counts as a failed delivery. */
export function expireSessions(parts: QueueParts, now: EpochMs): void {
  for (const lock of parts.sessions.takeExpired(now)) {
    endSession(parts, lock, { failed: true, now });
    for (const observer of parts.observers) observer.sessionLost(lock);
  }
}

/** Ids of sessions with ready messages, or with a state set after an instant, in stable order. */
export function listSessions(parts: QueueParts, updatedAfter: EpochMs): readonly string[] {
  const withState = parts.sessions.statesUpdatedAfter(updatedAfter);
  return [...new Set([...parts.store.readySessions(), ...withState])].sort();
}

function endSession(
  parts: QueueParts,
  lock: SessionLock,
  end: { readonly failed: boolean; readonly now: EpochMs },
): void {
  for (const { message } of parts.locks.takeSession(lock)) putBack(parts, message, end);
  announceAvailable(parts);
}
