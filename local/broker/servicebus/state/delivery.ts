import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { addDuration, type EpochMs } from '../../../../shared/kernel/time.ts';
import { expire, hasExpired } from './dead-lettering.ts';
import type { LockToken, StoredMessage } from './message.ts';
import type { QueueParts } from './queue-parts.ts';
import type { SessionLock } from './session-table.ts';

export type ReceiveMode = 'peekLock' | 'receiveAndDelete';

export interface ReceiveRequest {
  readonly mode: ReceiveMode;
  /** The receiver's session; required by a queue with sessions. */
  readonly session?: SessionLock | undefined;
}

export interface DeferredRequest extends ReceiveRequest {
  readonly sequenceNumbers: readonly number[];
}

/** A message as handed to a receiver. */
export interface Delivery {
  readonly message: StoredMessage;
  /** The peek-lock; absent if receiving has already deleted the message. */
  readonly lock: { readonly token: LockToken; readonly until: EpochMs } | undefined;
}

/** Delivers the next ready message, if there is one that this receiver may have. */
export function receive(
  parts: QueueParts,
  request: ReceiveRequest,
  now: EpochMs,
): Delivery | undefined {
  if (!mayReceive(parts, request)) return undefined;
  const message = parts.store.takeReady(request.session?.sessionId);
  return message === undefined ? undefined : hand(parts, { message, ...request }, now);
}

/** Delivers deferred messages by sequence number: all of them, or none. */
export function receiveDeferred(
  parts: QueueParts,
  request: DeferredRequest,
  now: EpochMs,
): Result<readonly Delivery[], 'messageNotFound' | 'sessionLockLost'> {
  if (!mayReceive(parts, request)) return fail('sessionLockLost');
  const wanted = [...new Set(request.sequenceNumbers)];
  const found = wanted
    .map((sequenceNumber) => findDeferred(parts, sequenceNumber, now))
    .filter((message) => message !== undefined)
    .filter((message) => belongsTo(message, request.session));
  if (found.length < wanted.length) return fail('messageNotFound');
  return succeed(found.map((message) => hand(parts, { message, ...request }, now)));
}

/** Prolongs a peek-lock by the queue's lock duration; answers its new end. */
export function renewLock(
  parts: QueueParts,
  token: LockToken,
  now: EpochMs,
): Result<EpochMs, 'lockLost'> {
  const lock = parts.locks.find(token);
  if (lock === undefined) return fail('lockLost');
  if (lock.session !== undefined) return succeed(lock.session.lockedUntil);
  const until = addDuration(now, parts.settings.lockDuration);
  parts.locks.renew(token, until);
  return succeed(until);
}

function mayReceive(parts: QueueParts, request: ReceiveRequest): boolean {
  if (!parts.settings.requiresSession) return true;
  return request.session !== undefined && parts.sessions.holds(request.session);
}

/** A deferred message expires only when somebody asks for it. */
function findDeferred(
  parts: QueueParts,
  sequenceNumber: number,
  now: EpochMs,
): StoredMessage | undefined {
  const message = parts.store.find(sequenceNumber);
  if (message?.state !== 'deferred' || message.lockToken !== undefined) return undefined;
  if (!hasExpired(message, now)) return message;
  expire(parts, message, now);
  return undefined;
}

function belongsTo(message: StoredMessage, session: SessionLock | undefined): boolean {
  return session === undefined || message.message.system.sessionId === session.sessionId;
}

function hand(
  parts: QueueParts,
  taken: ReceiveRequest & { readonly message: StoredMessage },
  now: EpochMs,
): Delivery {
  const { message, mode, session } = taken;
  if (mode === 'receiveAndDelete') {
    parts.store.remove(message);
    return { message, lock: undefined };
  }
  const token = parts.identifiers.newLockToken();
  const until = session?.lockedUntil ?? addDuration(now, parts.settings.lockDuration);
  parts.locks.grant({ token, message, session }, until);
  return { message, lock: { token, until } };
}
