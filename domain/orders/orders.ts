import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { book, nextId, noBookings, standing, unbook, type Bookings } from '../bookings.ts';
import {
  memberOf,
  readLines,
  readMoney,
  readText,
  type Money,
  type StockLine,
} from '../command-data.ts';
import type { Participant, StepResult } from '../participant.ts';
import { done, invalid, nothingToUndo, refused } from '../step-results.ts';

/** An order as the order book keeps it. */
interface Order {
  readonly id: string;
  readonly total: Money;
  readonly lines: readonly StockLine[];
}

/** The note that everything for an order has been done. */
interface Completion {
  readonly id: string;
}

export interface OrdersState {
  /** Undone: cancelled. */
  readonly orders: Bookings<Order>;
  /** Undone: reopened. */
  readonly completions: Bookings<Completion>;
}

/** The order book: it accepts orders, and closes them when they are fulfilled. */
export const orders: Participant<OrdersState> = {
  name: 'orders',
  initial: { orders: noBookings, completions: noBookings },
  steps: new Map([
    ['create-order', createOrder],
    ['complete-order', completeOrder],
  ]),
  undos: new Map([
    ['cancel-order', { step: 'create-order', undo: cancelOrder }],
    ['reopen-order', { step: 'complete-order', undo: reopenOrder }],
  ]),
};

/** Data: `order_id`, `amount`, `currency`, `lines`. */
function createOrder(own: OrdersState, data: JsonObject): StepResult<OrdersState> {
  const [orderId, total, lines] = [readText(data, 'order_id'), readMoney(data), readLines(data)];
  if (!orderId.ok) return invalid(orderId.problem);
  if (!total.ok) return invalid(total.problem);
  if (!lines.ok) return invalid(lines.problem);
  const order = { id: orderId.value, total: total.value, lines: lines.value };
  if (standing(own.orders).some(({ id }) => id === order.id)) {
    return refused('order.exists', 'There is an order of this id.');
  }
  return done({ ...own, orders: book(own.orders, order) }, { order_id: order.id });
}

function cancelOrder(own: OrdersState, created: JsonObject): StepResult<OrdersState> {
  const kept = unbook(own.orders, memberOf(created, 'order_id'));
  return kept === undefined ? nothingToUndo('order') : done({ ...own, orders: kept }, {});
}

/** Data: `order_id`. Refused with `order.not_open` when the order was never created or is cancelled. */
function completeOrder(own: OrdersState, data: JsonObject): StepResult<OrdersState> {
  const orderId = readText(data, 'order_id');
  if (!orderId.ok) return invalid(orderId.problem);
  if (!standing(own.orders).some(({ id }) => id === orderId.value)) {
    return refused('order.not_open', 'There is no open order of this id.');
  }
  const completion = { id: nextId('cmp', orderId.value, own.completions) };
  const completions = book(own.completions, completion);
  return done({ ...own, completions }, { completion_id: completion.id });
}

function reopenOrder(own: OrdersState, completed: JsonObject): StepResult<OrdersState> {
  const kept = unbook(own.completions, memberOf(completed, 'completion_id'));
  return kept === undefined ? nothingToUndo('completion') : done({ ...own, completions: kept }, {});
}
