import { epochMs } from '../../../../shared/kernel/time.ts';
import {
  typedNull,
  wrapBinary,
  wrapInt,
  wrapStringArray,
  wrapTimestamp,
} from '../../amqp/index.ts';
import { sessionLockLost } from '../protocol/conditions.ts';
import { defineOperation, type Operation } from './operation.ts';
import { failed, noContent, ok } from './responses.ts';

const renewSessionLock = defineOperation({
  read: (body) => body.text('session-id'),
  run: (sessionId, { entity, now, holder }) => {
    const renewed = entity.queue.renewSession({ sessionId, holder }, now);
    if (!renewed.ok) return failed(410, sessionLockLost);
    return ok([['expiration', wrapTimestamp(renewed.value)]]);
  },
});

const getSessionState = defineOperation({
  read: (body) => body.text('session-id'),
  run: (sessionId, { entity, now, holder }) => {
    const found = entity.queue.sessionState({ sessionId, holder }, now);
    if (!found.ok) return failed(410, sessionLockLost);
    const { value } = found;
    return ok([
      ['session-state', value === undefined ? typedNull : wrapBinary(Buffer.from(value))],
    ]);
  },
});

const setSessionState = defineOperation({
  read: (body) => ({
    sessionId: body.text('session-id'),
    state: body.optionalBytes('session-state'),
  }),
  run: ({ sessionId, state }, { entity, now, holder }) => {
    const set = entity.queue.setSessionState({ sessionId, holder, state }, now);
    return set.ok ? ok() : failed(410, sessionLockLost);
  },
});

const getMessageSessions = defineOperation({
  read: (body) => ({
    updatedAfter: epochMs(body.timestamp('last-updated-time')),
    skip: body.number('skip'),
    top: body.number('top'),
  }),
  run: ({ updatedAfter, skip, top }, { entity, now }) => {
    const sessionIds = entity.queue.listSessions(updatedAfter, now).slice(skip, skip + top);
    if (sessionIds.length === 0) return noContent();
    return ok([
      ['skip', wrapInt(skip + sessionIds.length)],
      ['sessions-ids', wrapStringArray(sessionIds)],
    ]);
  },
});

/** The operations on sessions by name. */
export const sessionOperations: readonly (readonly [string, Operation])[] = [
  ['com.microsoft:renew-session-lock', renewSessionLock],
  ['com.microsoft:get-session-state', getSessionState],
  ['com.microsoft:set-session-state', setSessionState],
  ['com.microsoft:get-message-sessions', getMessageSessions],
];
