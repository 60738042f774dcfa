import { epochMs, type EpochMs } from '../../../../shared/kernel/time.ts';
import {
  wrapBinary,
  wrapInt,
  wrapList,
  wrapLongArray,
  wrapMap,
  wrapTimestampArray,
  wrapUuid,
  type Response,
  type Typed,
} from '../../amqp/index.ts';
import { decodeMessage } from '../codec/decode-message.ts';
import { encodeMessage } from '../codec/encode-message.ts';
import { toProperties } from '../codec/property-values.ts';
import { lockTokenBytes, lockTokenOf } from '../codec/lock-tokens.ts';
import {
  messageLockLost,
  messageNotFound,
  sessionIdMissing,
  sessionLockLost,
} from '../protocol/conditions.ts';
import { settleConditions } from '../protocol/settlements.ts';
import type { Delivery } from '../state/delivery.ts';
import type { LockToken, Message } from '../state/message.ts';
import type { Settlement } from '../state/settlement.ts';
import type { BodyReader } from './body-reader.ts';
import { defineOperation, type Operation, type OperationContext } from './operation.ts';
import { badRequest, failed, noContent, ok } from './responses.ts';

/** The `receiver-settle-mode` of a client that wants its messages deleted at once. */
const settleFirst = 0;

const renewLock = defineOperation({
  read: (body) => readTokens(body),
  run: (tokens, { entity, now }) => {
    const expirations: EpochMs[] = [];
    for (const token of tokens) {
      const renewed = entity.queue.renewLock(token, now);
      if (!renewed.ok) return failed(410, messageLockLost);
      expirations.push(renewed.value);
    }
    return ok([['expirations', wrapTimestampArray(expirations)]]);
  },
});

const peekMessages = defineOperation({
  read: (body) => ({
    fromSequenceNumber: body.number('from-sequence-number'),
    count: body.number('message-count'),
    sessionId: body.optionalText('session-id'),
    omitBody: body.optionalFlag('omit-message-body'),
  }),
  run: ({ omitBody, ...range }, { entity, now }) => {
    const found = entity.queue.peek(range, now);
    if (found.length === 0) return noContent();
    const messages = found.map((message) => [encodedEntry(encodeMessage(message, { omitBody }))]);
    return ok([['messages', wrapList(messages.map((entries) => wrapMap(entries)))]]);
  },
});

const receiveBySequenceNumber = defineOperation({
  read: (body) => ({
    sequenceNumbers: body.numbers('sequence-numbers'),
    deletes: body.number('receiver-settle-mode') === settleFirst,
    sessionId: body.optionalText('session-id'),
  }),
  run: ({ sequenceNumbers, deletes, sessionId }, { entity, now, holder }) => {
    const session =
      sessionId === undefined ? undefined : entity.queue.findSession({ sessionId, holder }, now);
    const mode = deletes ? 'receiveAndDelete' : 'peekLock';
    const received = entity.queue.receiveDeferred({ sequenceNumbers, mode, session }, now);
    if (received.ok) return ok([['messages', wrapList(received.value.map(encodeDeferred))]]);
    if (received.problem === 'sessionLockLost') return failed(410, sessionLockLost);
    return failed(404, messageNotFound);
  },
});

const updateDisposition = defineOperation({
  read: (body) => ({ tokens: readTokens(body), settlement: readSettlement(body) }),
  run: ({ tokens, settlement }, { entity, now }) => {
    if (settlement === undefined) return badRequest('"disposition-status" is none that is known');
    for (const token of tokens) {
      const settled = entity.queue.settle({ token, settlement }, now);
      if (settled.ok) continue;
      const statusCode = settled.problem === 'notAllowed' ? 400 : 410;
      return failed(statusCode, settleConditions[settled.problem]);
    }
    return ok();
  },
});

const scheduleMessages = defineOperation({
  read: (body) => readEncoded(body, 'messages'),
  run: (encoded, context) => {
    const messages: Message[] = [];
    for (const bytes of encoded) {
      const message = decodeMessage(bytes, context);
      if (!message.ok) return badRequest(message.problem);
      messages.push(message.value);
    }
    return submitAll(messages, context);
  },
});

const cancelScheduledMessages = defineOperation({
  read: (body) => body.numbers('sequence-numbers'),
  run: (sequenceNumbers, { entity, now }) => {
    const cancelled = entity.queue.cancelScheduled(sequenceNumbers, now);
    return cancelled.ok ? ok() : failed(404, messageNotFound);
  },
});

const deleteMessages = defineOperation({
  read: (body) => ({
    count: body.number('message-count'),
    enqueuedBefore: epochMs(body.timestamp('enqueued-time-utc')),
  }),
  run: (range, { entity, now }) =>
    ok([['message-count', wrapInt(entity.queue.deleteReady(range, now))]]),
});

/** The operations on messages by name. */
export const messageOperations: readonly (readonly [string, Operation])[] = [
  ['com.microsoft:renew-lock', renewLock],
  ['com.microsoft:peek-message', peekMessages],
  ['com.microsoft:receive-by-sequence-number', receiveBySequenceNumber],
  ['com.microsoft:update-disposition', updateDisposition],
  ['com.microsoft:schedule-message', scheduleMessages],
  ['com.microsoft:cancel-scheduled-message', cancelScheduledMessages],
  ['com.microsoft:batch-delete-messages', deleteMessages],
];

/** Takes all messages or none. */
function submitAll(messages: readonly Message[], { entity, now }: OperationContext): Response {
  const { requiresSession } = entity.queue.settings;
  if (requiresSession && messages.some(({ system }) => system.sessionId === undefined)) {
    return failed(400, sessionIdMissing);
  }
  const sequenceNumbers: number[] = [];
  for (const message of messages) {
    const submitted = entity.queue.submit({ message }, now);
    if (submitted.ok) sequenceNumbers.push(submitted.value);
  }
  return ok([['sequence-numbers', wrapLongArray(sequenceNumbers)]]);
}

function readTokens(body: BodyReader): readonly LockToken[] {
  return body.uuids('lock-tokens').map(lockTokenOf);
}

function readEncoded(body: BodyReader, key: string): readonly Buffer[] {
  const items = body.maps(key);
  const encoded = items.map((item) => item.bytes('message'));
  body.problem ??= items.find(({ problem }) => problem !== undefined)?.problem;
  return encoded;
}

/** The words are the protocol's, misspelling included. */
function readSettlement(body: BodyReader): Settlement | undefined {
  const changes = toProperties(body.map('properties-to-modify'));
  switch (body.text('disposition-status')) {
    case 'completed':
      return { action: 'complete' };
    case 'abandoned':
      return { action: 'abandon', changes };
    case 'defered':
      return { action: 'defer', changes };
    case 'suspended': {
      const reason = body.optionalText('deadletter-reason');
      const description = body.optionalText('deadletter-description');
      return { action: 'deadLetter', cause: { reason, description }, changes };
    }
    default:
      return undefined;
  }
}

function encodeDeferred({ message, lock }: Delivery): Typed {
  const encoded = encodedEntry(encodeMessage(message, { lockedUntil: lock?.until }));
  if (lock === undefined) return wrapMap([encoded]);
  return wrapMap([encoded, ['lock-token', wrapUuid(lockTokenBytes(lock.token))]]);
}

function encodedEntry(bytes: Buffer): readonly [string, Typed] {
  return ['message', wrapBinary(bytes)];
}
