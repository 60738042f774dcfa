import type { Begin, Flow } from '../codec/performatives.ts';
import { addSerial, subtractSerial } from './serial-number.ts';

/** Flow control of a session, counted in transfer frames. Source: AMQP 1.0 part 2, 2.5.6. */
export interface SessionWindow {
  readonly nextIncomingId: number;
  /** Transfers that the peer may send before it hears a new window. */
  readonly incomingWindow: number;
  readonly nextOutgoingId: number;
  /** Transfers that the peer still takes. */
  readonly remoteIncomingWindow: number;
}

/** Granted anew at half: links bound the messages in flight, so that a session need not. */
export const incomingWindowSize = 4096;

export function openWindow(begin: Begin): SessionWindow {
  return {
    nextIncomingId: begin.nextOutgoingId,
    incomingWindow: incomingWindowSize,
    nextOutgoingId: 0,
    remoteIncomingWindow: begin.incomingWindow,
  };
}

export function onFlow(window: SessionWindow, flow: Flow): SessionWindow {
  // A peer that has not seen our begin counts from its start.
  const seenByPeer = addSerial(flow.nextIncomingId ?? 0, flow.incomingWindow);
  return {
    ...window,
    remoteIncomingWindow: Math.max(0, subtractSerial(seenByPeer, window.nextOutgoingId)),
  };
}

export function onTransferReceived(window: SessionWindow): SessionWindow {
  return {
    ...window,
    nextIncomingId: addSerial(window.nextIncomingId, 1),
    incomingWindow: window.incomingWindow - 1,
  };
}

export function onTransferSent(window: SessionWindow): SessionWindow {
  return {
    ...window,
    nextOutgoingId: addSerial(window.nextOutgoingId, 1),
    remoteIncomingWindow: window.remoteIncomingWindow - 1,
  };
}

export function needsNewWindow(window: SessionWindow): boolean {
  return window.incomingWindow < incomingWindowSize / 2;
}

export function renewWindow(window: SessionWindow): SessionWindow {
  return { ...window, incomingWindow: incomingWindowSize };
}
