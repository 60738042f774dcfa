import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../domain/messages.ts';
import {
  decodeCommand,
  decodeReply,
  encodeCommand,
  encodeReply,
} from '../../../sagas/message-codec.ts';
import { doCommand, orderData, undoCommand } from '../../support/commands.ts';

const charge = {
  ...doCommand('charge-payment', { participant: 'payment' }),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};
const refund = undoCommand('refund-payment', 'charge-payment', { participant: 'payment' });
const reply: Reply = {
  id: 'SO-1/charge-payment/reply',
  commandId: charge.id,
  commandName: charge.name,
  participant: 'payment',
  sagaId: 'SO-1',
  replyTo: 'SO-1',
  outcome: { kind: 'done', data: { charge_id: 'chg-SO-1-1' } },
};

const eventOf = ({ body }: { readonly body: Uint8Array }): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('encodeCommand', () => {
  it('spells a step as a CloudEvent', () => {
    expect(eventOf(encodeCommand(charge))).toEqual({
      specversion: '1.0',
      id: 'SO-1/charge-payment',
      source: '/sagas',
      type: 'com.bronzeflow.payment.charge-payment.requested',
      subject: 'SO-1',
      correlationid: 'SO-1',
      datacontenttype: 'application/json',
      replyto: 'SO-1',
      traceparent: charge.traceparent,
      attempt: 1,
      notafter: '2026-11-21T12:01:00.000Z',
      data: orderData,
    });
  });

  it('says what a compensation undoes, and gives it no deadline', () => {
    const event = eventOf(encodeCommand(refund));
    expect(event).toMatchObject({ id: 'SO-1/charge-payment/undo', undoes: 'SO-1/charge-payment' });
    expect(event).not.toHaveProperty('notafter');
  });

  it('travels in the session of its saga', () => {
    expect(encodeCommand(charge)).toMatchObject({
      messageId: 'SO-1/charge-payment',
      sessionId: 'SO-1',
      correlationId: 'SO-1',
      subject: 'com.bronzeflow.payment.charge-payment.requested',
      contentType: 'application/cloudevents+json; charset=utf-8',
      properties: { traceparent: charge.traceparent },
    });
  });

  it('keeps the id of the message within what the broker takes', () => {
    const sagaId = 'S'.repeat(90);
    const long = doCommand('c'.repeat(60), { participant: 'payment', sagaId });
    const message = encodeCommand(long);
    expect(message.messageId).toHaveLength(128);
    expect(decodeCommand(message.body)).toMatchObject({ value: { id: long.id } });
  });
});

describe('encodeReply', () => {
  it('names the command that it answers', () => {
    expect(eventOf(encodeReply(reply))).toMatchObject({
      id: 'SO-1/charge-payment/reply',
      source: '/participants/payment',
      type: 'com.bronzeflow.payment.charge-payment.replied',
      causationid: 'SO-1/charge-payment',
      correlationid: 'SO-1',
      data: { kind: 'done', data: { charge_id: 'chg-SO-1-1' } },
    });
  });
});

describe('decodeCommand', () => {
  it.each([
    ['no JSON', new TextEncoder().encode('{"specversion":')],
    ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['no object', bytesOf([charge])],
    ['nothing', new Uint8Array()],
    ['too deep', new TextEncoder().encode('{"data":'.repeat(5_000))],
  ])('refuses what is %s', (_, bytes) => {
    expect(decodeCommand(bytes)).toMatchObject({
      problem: expect.stringContaining('JSON') as string,
    });
  });

  it.each([
    [{ specversion: '0.3' }, 'no CloudEvent'],
    [{ type: 'com.bronzeflow.payment.charge-payment.replied' }, 'no CloudEvent'],
    [{ type: 'com.bronzeflow.nobody.charge-payment.requested' }, 'no CloudEvent'],
    [{ type: 'com.acme.payment.charge-payment.requested' }, 'no CloudEvent'],
    [{ type: 'com.bronzeflow.payment.Charge.requested' }, 'no CloudEvent'],
    [{ id: '' }, 'id is missing'],
    [{ id: 'x'.repeat(501) }, 'id is missing'],
    [{ subject: 7 }, 'subject'],
    [{ subject: '../SO-1' }, 'subject'],
    [{ subject: 'SO#1' }, 'subject'],
    [{ data: [] }, 'data is no object'],
    [{ attempt: 0 }, 'attempt'],
    [{ attempt: '1' }, 'attempt'],
    [{ notafter: 'tomorrow' }, 'neither notafter'],
    [{ notafter: '2026-13-01T00:00:00Z' }, 'neither notafter'],
    [{ notafter: 5 }, 'neither notafter'],
  ])('refuses a command with %j', (change, problem) => {
    const decoded = decodeCommand(bytesOf({ ...eventOf(encodeCommand(charge)), ...change }));
    expect(decoded).toMatchObject({ problem: expect.stringContaining(problem) as string });
  });

  it('takes no attribute from a prototype that the message brings along', () => {
    const event = JSON.stringify(eventOf(encodeCommand(charge)));
    const hostile = new TextEncoder().encode(`{"__proto__":${event}}`);
    expect(decodeCommand(hostile).ok).toBe(false);
  });

  it('keeps hostile names in data as data', () => {
    const text = JSON.stringify(eventOf(encodeCommand(charge))).replace(
      '"order_id"',
      '"__proto__":{"amount":0},"order_id"',
    );
    const decoded = decodeCommand(new TextEncoder().encode(text));
    const data = decoded.ok ? decoded.value.data : {};
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(data['amount']).toBe(18.6);
  });

  it('reads an instant without milliseconds', () => {
    const event = { ...eventOf(encodeCommand(charge)), notafter: '2026-11-21T12:01:00Z' };
    expect(decodeCommand(bytesOf(event))).toMatchObject({ value: { notAfter: charge.notAfter } });
  });
});

describe('decodeReply', () => {
  it.each([
    [{ causationid: undefined }, 'causationid'],
    [{ data: { kind: 'done' } }, 'outcome'],
    [{ data: { kind: 'refused', code: 'x' } }, 'outcome'],
    [{ data: { kind: 'maybe' } }, 'outcome'],
  ])('refuses a reply with %j', (change, problem) => {
    const decoded = decodeReply(bytesOf({ ...eventOf(encodeReply(reply)), ...change }));
    expect(decoded).toMatchObject({ problem: expect.stringContaining(problem) as string });
  });
});
