import { describe, expect, it } from 'vitest';
import type { Begin, Flow } from '../../../../../../local/broker/amqp/codec/performatives.ts';
import {
  creditWindow,
  fullCredit,
  needsCredit,
  onDeliveryReceived,
  onDeliverySettled,
  renewCredit,
} from '../../../../../../local/broker/amqp/state/incoming-credit.ts';
import {
  incomingWindowSize,
  needsNewWindow,
  onFlow,
  onTransferReceived,
  onTransferSent,
  openWindow,
  renewWindow,
} from '../../../../../../local/broker/amqp/state/session-window.ts';

const begin: Begin = {
  type: 'begin',
  nextOutgoingId: 0xffffffff,
  incomingWindow: 2,
  outgoingWindow: 10,
};

function flowOf(fields: Partial<Flow>): Flow {
  return { type: 'flow', incomingWindow: 0, nextOutgoingId: 0, outgoingWindow: 0, ...fields };
}

describe('The window of a session', () => {
  it('counts what the client sends, across the wrap of its ids', () => {
    const window = onTransferReceived(openWindow(begin));
    expect(window.nextIncomingId).toBe(0);
    expect(window.incomingWindow).toBe(incomingWindowSize - 1);
  });

  it('is granted anew when half of it is used', () => {
    let window = openWindow(begin);
    for (let index = 0; index < incomingWindowSize / 2; index++)
      window = onTransferReceived(window);
    expect(needsNewWindow(window)).toBe(false);
    window = onTransferReceived(window);
    expect(needsNewWindow(window)).toBe(true);
    expect(renewWindow(window).incomingWindow).toBe(incomingWindowSize);
  });

  it('closes when the client has taken what it can and opens with its next flow', () => {
    const sent = onTransferSent(onTransferSent(openWindow(begin)));
    expect(sent.remoteIncomingWindow).toBe(0);
    const behind = onFlow(sent, flowOf({ nextIncomingId: 1, incomingWindow: 1 }));
    expect(behind.remoteIncomingWindow).toBe(0);
    const ahead = onFlow(sent, flowOf({ nextIncomingId: 2, incomingWindow: 5 }));
    expect(ahead.remoteIncomingWindow).toBe(5);
    const unseen = onFlow(openWindow(begin), flowOf({ incomingWindow: 3 }));
    expect(unseen.remoteIncomingWindow).toBe(3);
  });
});

describe('The credit of a link on which a client sends', () => {
  it('is renewed only for deliveries that have been settled', () => {
    let credit = fullCredit;
    for (let index = 0; index < creditWindow; index++) credit = onDeliveryReceived(credit);
    expect([credit.credit, needsCredit(credit)]).toEqual([0, false]);
    for (let index = 0; index < creditWindow / 2; index++) credit = onDeliverySettled(credit);
    expect(needsCredit(credit)).toBe(true);
    credit = renewCredit(credit);
    expect(credit.credit + credit.unsettled).toBe(creditWindow);
    expect(credit.deliveryCount).toBe(creditWindow);
  });
});
