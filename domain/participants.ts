import { inventory, type InventoryState } from './inventory/inventory.ts';
import type { ParticipantName } from './messages.ts';
import { orders, type OrdersState } from './orders/orders.ts';
import type { Participant } from './participant.ts';
import { payment, type PaymentState } from './payment/payment.ts';
import { shipping, type ShippingState } from './shipping/shipping.ts';
import { warehouse, type WarehouseState } from './warehouse/warehouse.ts';

/** What each participant keeps of one saga. */
export interface ParticipantStates {
  readonly orders: OrdersState;
  readonly inventory: InventoryState;
  readonly payment: PaymentState;
  readonly warehouse: WarehouseState;
  readonly shipping: ShippingState;
}

const participants: {
  readonly [Name in ParticipantName]: Participant<ParticipantStates[Name]>;
} = { orders, inventory, payment, warehouse, shipping };

export function participantNamed<Name extends ParticipantName>(
  name: Name,
): Participant<ParticipantStates[Name]> {
  return participants[name];
}

/** The names of all steps, which are those of their commands. */
export const stepNames: readonly string[] = Object.values(participants).flatMap(({ steps }) => [
  ...steps.keys(),
]);

/** The names of all compensations. */
export const compensationNames: readonly string[] = Object.values(participants).flatMap(
  ({ undos }) => [...undos.keys()],
);
