import { describe, expect, it } from 'vitest';
import type { ChoreographyEvent } from '../../../../sagas/choreography/choreography-event.ts';
import { decodeEvent, encodeEvent } from '../../../../sagas/choreography/event-codec.ts';
import {
  cancelRequest,
  clockStroke,
  done,
  refused,
  sagaId,
  startRequest,
  thread,
  trackerAfter,
  undone,
  undoRefused,
} from '../../../support/choreography/threads.ts';

const told = trackerAfter(7).tellAll([cancelRequest()]).tells;
const failed: ChoreographyEvent = {
  ...{ kind: 'undo-failed', id: `${sagaId}/x/undo-failed`, sagaId, thread, step: 'x' },
};

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function bend(event: ChoreographyEvent, change: (envelope: Envelope) => object): Uint8Array {
  const { body } = encodeEvent(event, undefined);
  return bytes(JSON.stringify(change(JSON.parse(Buffer.from(body).toString()) as Envelope)));
}

interface Envelope {
  readonly data: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

describe('events of the choreography as messages', () => {
  it.each([
    startRequest(),
    cancelRequest(),
    clockStroke,
    done('pick-order'),
    refused('pick-order'),
    undone('pick-order', { undos: [{ step: 'ship-order', status: 'undone' }] }),
    undoRefused('pick-order', 2),
    failed,
    ...told,
  ])('are read as they were written: $kind', (event) => {
    expect(decodeEvent(encodeEvent(event, 'orders').body)).toEqual({ ok: true, value: event });
  });

  it('are CloudEvents in the session of their saga, addressed by a property', () => {
    const traced = { ...done('pick-order'), thread: { ...thread, traceparent: '00-1-2-03' } };
    const message = encodeEvent(traced, 'warehouse');
    expect(message).toMatchObject({
      messageId: 'SO-1/pick-order/done',
      sessionId: 'SO-1',
      subject: 'com.bronzeflow.saga.pick-order.done',
      properties: { participant: 'warehouse', traceparent: '00-1-2-03' },
    });
    expect(JSON.parse(Buffer.from(message.body).toString())).toMatchObject({
      specversion: '1.0',
      subject: 'SO-1',
      traceparent: '00-1-2-03',
    });
    expect(encodeEvent(done('complete-order'), undefined).properties).toEqual({});
  });

  it('have a message id of their own when they answer a repeated question, or were put off', () => {
    expect(encodeEvent(done('pick-order', 2), undefined).messageId).toBe('SO-1/pick-order/done/2');
    const put = encodeEvent(done('pick-order'), 'warehouse', true);
    expect(put).toMatchObject({
      messageId: 'SO-1/pick-order/done/later',
      properties: { postponed: true },
    });
  });

  it('have message ids that a broker takes, however long the id of the saga', () => {
    const long = 'x'.repeat(90);
    const events = [done('charge-payment', 20), undoRefused('charge-payment', 20)];
    for (const event of events) {
      const { messageId } = encodeEvent(
        { ...event, id: event.id.replace(sagaId, long) },
        undefined,
      );
      expect(messageId.length).toBeLessThanOrEqual(128);
    }
  });

  it.each([
    ['no JSON', bytes('{'), 'it is no CloudEvent'],
    ['no envelope', bytes('[]'), 'it is no CloudEvent'],
    ['no data', bend(done('a'), () => ({ id: 'x', subject: 'x' })), 'it is no CloudEvent'],
    ['no id', bend(done('a'), (event) => ({ ...event, id: '' })), 'id or subject is missing'],
    [
      'an unknown kind',
      bend(done('a'), (event) => ({ ...event, data: { ...event.data, kind: '__proto__' } })),
      'its kind is unknown',
    ],
    [
      'no thread',
      bend(done('a'), (event) => ({ ...event, data: { kind: 'done', step: 'a', attempt: 1 } })),
      'it lacks what done needs',
    ],
    [
      'damaged compensations',
      bend(undone('a', { undos: [{ step: '', status: 'undone' }] }), (event) => event),
      'it lacks what undone needs',
    ],
    [
      'the session of another saga',
      bend(done('a'), (event) => ({ ...event, subject: 'SO-2' })),
      'it is in the session of another saga',
    ],
  ])('are refused with %s', (_name, body, problem) => {
    expect(decodeEvent(body)).toEqual({ ok: false, problem });
  });
});
