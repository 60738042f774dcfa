import type { Flow } from '../codec/performatives.ts';
import { addSerial, subtractSerial } from './serial-number.ts';

/** Flow control of a link on which we send. Source: AMQP 1.0 part 2, 2.6.7. */
export interface LinkCredit {
  readonly deliveryCount: number;
  /** Deliveries that the receiver still takes. */
  readonly credit: number;
  /** The receiver wants its credit used up or given back. */
  readonly isDraining: boolean;
}

export const noCredit: LinkCredit = { deliveryCount: 0, credit: 0, isDraining: false };

export function onLinkFlow(link: LinkCredit, flow: Flow): LinkCredit {
  const limit = addSerial(flow.deliveryCount ?? 0, flow.linkCredit ?? 0);
  return {
    ...link,
    credit: Math.max(0, subtractSerial(limit, link.deliveryCount)),
    isDraining: flow.drain ?? false,
  };
}

export function onDeliverySent(link: LinkCredit): LinkCredit {
  return {
    ...link,
    deliveryCount: addSerial(link.deliveryCount, 1),
    credit: link.credit - 1,
  };
}

/** Gives back the credit for which there is nothing to send. */
export function drainCredit(link: LinkCredit): LinkCredit {
  return {
    deliveryCount: addSerial(link.deliveryCount, link.credit),
    credit: 0,
    isDraining: false,
  };
}
