import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import {
  addDuration,
  durationMs,
  type DurationMs,
  type EpochMs,
} from '../../../../shared/kernel/time.ts';
import { deadLetter, makeReady } from './dead-lettering.ts';
import type { Message, MessageState, StoredMessage } from './message.ts';
import type { DeadLetterCause, QueueParts } from './queue-parts.ts';

/** A message on its way into a queue, with what it brings from an earlier one. */
export interface Submission {
  readonly message: Message;
  readonly hops?: number;
  readonly enqueuedSequenceNumber?: number;
  readonly deadLetterSource?: string | undefined;
}

export type SubmitProblem = 'sessionRequired';

const sessionMissing: DeadLetterCause = {
  reason: 'Session ID is null.',
  description: "Session enabled entity doesn't allow a message whose session identifier is null.",
};

/** Accepts a message; answers its sequence number, for a duplicate that of the first. */
export function submit(
  parts: QueueParts,
  submission: Submission,
  now: EpochMs,
): Result<number, SubmitProblem> {
  const { system, scheduledAt } = submission.message;
  if (parts.settings.requiresSession && system.sessionId === undefined) {
    return fail('sessionRequired');
  }
  const { messageId } = system;
  const first = parts.duplicates?.find(messageId, now);
  if (first !== undefined) return succeed(first);
  const sequenceNumber = parts.identifiers.nextSequenceNumber();
  parts.duplicates?.remember(messageId, sequenceNumber, now);
  if (scheduledAt !== undefined && scheduledAt > now) {
    const place = { sequenceNumber, enqueuedAt: now, state: 'scheduled' } as const;
    parts.store.addScheduled(toStored(parts, submission, place), scheduledAt);
  } else {
    const place = { sequenceNumber, enqueuedAt: now, state: 'active' } as const;
    activate(parts, toStored(parts, submission, place), now);
  }
  return succeed(sequenceNumber);
}

/** Takes what another entity sends on; what cannot be queued here is dead-lettered here. */
export function submitForwarded(parts: QueueParts, submission: Submission, now: EpochMs): void {
  if (submit(parts, submission, now).ok) return;
  const sequenceNumber = parts.identifiers.nextSequenceNumber();
  const place = { sequenceNumber, enqueuedAt: now, state: 'active' } as const;
  deadLetter(parts, toStored(parts, submission, place), { cause: sessionMissing, now });
}

/** Makes a scheduled message active: it moves to the end of the queue under a new number. */
export function activateScheduled(parts: QueueParts, message: StoredMessage, now: EpochMs): void {
  parts.store.remove(message);
  const place = {
    sequenceNumber: parts.identifiers.nextSequenceNumber(),
    enqueuedAt: message.message.scheduledAt ?? now,
    state: 'active',
  } as const;
  activate(parts, toStored(parts, message, place), now);
}

/** Takes back scheduled messages: all of them, or none if one is not scheduled any more. */
export function cancelScheduled(
  parts: QueueParts,
  sequenceNumbers: readonly number[],
): Result<undefined, 'messageNotFound'> {
  const found = sequenceNumbers.map((sequenceNumber) => parts.store.find(sequenceNumber));
  const scheduled = found.filter((message) => message?.state === 'scheduled');
  if (scheduled.length < found.length) return fail('messageNotFound');
  for (const message of scheduled) if (message !== undefined) parts.store.remove(message);
  return succeed(undefined);
}

/** Deletes ready messages, the oldest first; answers how many. */
export function deleteReady(
  parts: QueueParts,
  range: { readonly count: number; readonly enqueuedBefore: EpochMs },
): number {
  const all = parts.store.peek({ fromSequenceNumber: 0, count: Infinity });
  const old = all.filter(({ enqueuedAt }) => enqueuedAt < range.enqueuedBefore);
  let deleted = 0;
  for (const message of old) {
    if (deleted >= range.count) break;
    if (!parts.store.withdraw(message)) continue;
    parts.store.remove(message);
    deleted++;
  }
  return deleted;
}

/** Takes in a message as another queue of the same entity stored it, number and times included. */
export function admit(parts: QueueParts, message: StoredMessage): void {
  parts.store.add(message);
  makeReady(parts, message);
}

function activate(parts: QueueParts, message: StoredMessage, now: EpochMs): void {
  if (parts.outlets.forward === undefined) {
    admit(parts, message);
    return;
  }
  const cause = parts.outlets.forward(message, now);
  if (cause !== undefined) deadLetter(parts, message, { cause, now });
}

function toStored(
  parts: QueueParts,
  submission: Submission,
  place: {
    readonly sequenceNumber: number;
    readonly enqueuedAt: EpochMs;
    readonly state: MessageState;
  },
): StoredMessage {
  const timeToLive = shorter(submission.message.timeToLive, parts.settings.defaultTimeToLive);
  return {
    ...place,
    enqueuedSequenceNumber: submission.enqueuedSequenceNumber ?? place.sequenceNumber,
    expiresAt: timeToLive === undefined ? undefined : addDuration(place.enqueuedAt, timeToLive),
    deadLetterSource: submission.deadLetterSource,
    hops: submission.hops ?? 0,
    message: { ...submission.message, timeToLive },
    deliveryCount: 0,
    lockToken: undefined,
  };
}

function shorter(
  left: DurationMs | undefined,
  right: DurationMs | undefined,
): DurationMs | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return durationMs(Math.min(left, right));
}
