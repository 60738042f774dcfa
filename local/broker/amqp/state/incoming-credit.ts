import { addSerial } from './serial-number.ts';

/** Flow control of a link on which a client sends: its unanswered deliveries stay within a window. */
export interface IncomingCredit {
  readonly deliveryCount: number;
  readonly credit: number;
  /** Deliveries that came and are not settled. */
  readonly unsettled: number;
}

export const creditWindow = 1000;

export const fullCredit: IncomingCredit = { deliveryCount: 0, credit: creditWindow, unsettled: 0 };

export function onDeliveryReceived(link: IncomingCredit): IncomingCredit {
  return {
    deliveryCount: addSerial(link.deliveryCount, 1),
    credit: link.credit - 1,
    unsettled: link.unsettled + 1,
  };
}

export function onDeliverySettled(link: IncomingCredit): IncomingCredit {
  return { ...link, unsettled: link.unsettled - 1 };
}

/** True when half of what may be granted has been used, so that flows stay rare. */
export function needsCredit(link: IncomingCredit): boolean {
  return link.credit + link.unsettled <= creditWindow / 2;
}

export function renewCredit(link: IncomingCredit): IncomingCredit {
  return { ...link, credit: creditWindow - link.unsettled };
}
