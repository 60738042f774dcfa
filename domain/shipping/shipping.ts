import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { book, nextId, noBookings, unbook, type Bookings } from '../bookings.ts';
import { memberOf, readText } from '../command-data.ts';
import type { Participant, StepResult } from '../participant.ts';
import { done, invalid, nothingToUndo } from '../step-results.ts';

/** A parcel on its way to the customer. */
interface Shipment {
  readonly id: string;
  readonly orderId: string;
}

export interface ShippingState {
  /** Undone: recalled, and back with us. */
  readonly shipments: Bookings<Shipment>;
}

/** The carrier. */
export const shipping: Participant<ShippingState> = {
  name: 'shipping',
  initial: { shipments: noBookings },
  steps: new Map([['ship-order', shipOrder]]),
  undos: new Map([['recall-shipment', { step: 'ship-order', undo: recallShipment }]]),
};

/** Data: `order_id`. */
function shipOrder(own: ShippingState, data: JsonObject): StepResult<ShippingState> {
  const orderId = readText(data, 'order_id');
  if (!orderId.ok) return invalid(orderId.problem);
  const id = nextId('shp', orderId.value, own.shipments);
  const shipments = book(own.shipments, { id, orderId: orderId.value });
  return done({ shipments }, { shipment_id: id });
}

function recallShipment(own: ShippingState, shipped: JsonObject): StepResult<ShippingState> {
  const kept = unbook(own.shipments, memberOf(shipped, 'shipment_id'));
  return kept === undefined ? nothingToUndo('shipment') : done({ shipments: kept }, {});
}
