import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { memberOf, readMoney, readText, type Money } from '../command-data.ts';
import type { Participant, StepResult } from '../participant.ts';
import { done, invalid, nothingToUndo } from '../step-results.ts';

/** Money that was taken for an order. */
export interface Charge extends Money {
  readonly id: string;
  readonly orderId: string;
}

/** Money that was given back. */
interface Refund extends Money {
  readonly id: string;
  readonly chargeId: string;
}

/** Every movement of money is an entry of its own, so that the books show one that came twice. */
export interface PaymentState {
  readonly charges: readonly Charge[];
  readonly refunds: readonly Refund[];
}

/** The account of a customer with us. */
export const payment: Participant<PaymentState> = {
  name: 'payment',
  initial: { charges: [], refunds: [] },
  steps: new Map([['charge-payment', chargePayment]]),
  undos: new Map([['refund-payment', { step: 'charge-payment', undo: refundPayment }]]),
};

/** Charges that were not refunded. */
export function chargesKept({ charges, refunds }: PaymentState): readonly Charge[] {
  return charges.filter(({ id }) => !refunds.some(({ chargeId }) => chargeId === id));
}

/** Data: `order_id`, `amount`, `currency`. An amount of zero is a charge as well. */
function chargePayment(own: PaymentState, data: JsonObject): StepResult<PaymentState> {
  const [orderId, money] = [readText(data, 'order_id'), readMoney(data)];
  if (!orderId.ok) return invalid(orderId.problem);
  if (!money.ok) return invalid(money.problem);
  const id = `chg-${orderId.value}-${own.charges.length + 1}`;
  const charge = { id, orderId: orderId.value, ...money.value };
  return done({ ...own, charges: [...own.charges, charge] }, { charge_id: id, ...money.value });
}

/** Gives back what the charge took, to the last digit. */
function refundPayment(own: PaymentState, charged: JsonObject): StepResult<PaymentState> {
  const chargeId = memberOf(charged, 'charge_id');
  const charge = chargesKept(own).find(({ id }) => id === chargeId);
  if (charge === undefined) return nothingToUndo('charge');
  const { amount, currency } = charge;
  const refund = { id: `ref-${charge.id}`, chargeId: charge.id, amount, currency };
  const refunds = [...own.refunds, refund];
  return done({ ...own, refunds }, { refund_id: refund.id, amount, currency });
}
