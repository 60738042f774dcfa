import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { book, nextId, noBookings, standing, unbook, type Bookings } from '../bookings.ts';
import { memberOf, readLines, readText, type StockLine } from '../command-data.ts';
import type { Participant, StepResult } from '../participant.ts';
import { done, invalid, nothingToUndo, refused } from '../step-results.ts';

/** Stock set aside for an order. */
interface Reservation {
  readonly id: string;
  readonly orderId: string;
  readonly lines: readonly StockLine[];
}

/** Goods that came in with a goods receipt; blocked until they are cleared. */
interface GoodsReceipt {
  readonly id: string;
  readonly receiptId: string;
  readonly lines: readonly StockLine[];
}

/** The release of received goods for use. */
interface Clearance {
  readonly id: string;
  readonly receiptId: string;
}

export interface InventoryState {
  /** Undone: released. */
  readonly reservations: Bookings<Reservation>;
  /** Undone: withdrawn. */
  readonly receipts: Bookings<GoodsReceipt>;
  /** Undone: blocked again. */
  readonly clearances: Bookings<Clearance>;
}

/** What is in stock, and for whom. */
export const inventory: Participant<InventoryState> = {
  name: 'inventory',
  initial: { reservations: noBookings, receipts: noBookings, clearances: noBookings },
  steps: new Map([
    ['reserve-stock', reserveStock],
    ['receive-stock', receiveStock],
    ['clear-stock', clearStock],
  ]),
  undos: new Map([
    ['release-stock', { step: 'reserve-stock', undo: releaseStock }],
    ['withdraw-stock', { step: 'receive-stock', undo: withdrawStock }],
    ['block-stock', { step: 'clear-stock', undo: blockStock }],
  ]),
};

/** Data: `order_id`, `lines`. */
function reserveStock(own: InventoryState, data: JsonObject): StepResult<InventoryState> {
  const [orderId, lines] = [readText(data, 'order_id'), readLines(data)];
  if (!orderId.ok) return invalid(orderId.problem);
  if (!lines.ok) return invalid(lines.problem);
  const id = nextId('res', orderId.value, own.reservations);
  const reservation = { id, orderId: orderId.value, lines: lines.value };
  const reservations = book(own.reservations, reservation);
  return done({ ...own, reservations }, { reservation_id: id });
}

function releaseStock(own: InventoryState, reserved: JsonObject): StepResult<InventoryState> {
  const kept = unbook(own.reservations, memberOf(reserved, 'reservation_id'));
  return kept === undefined
    ? nothingToUndo('reservation')
    : done({ ...own, reservations: kept }, {});
}

/** Data: `receipt_id`, `lines`. */
function receiveStock(own: InventoryState, data: JsonObject): StepResult<InventoryState> {
  const [receiptId, lines] = [readText(data, 'receipt_id'), readLines(data)];
  if (!receiptId.ok) return invalid(receiptId.problem);
  if (!lines.ok) return invalid(lines.problem);
  const id = nextId('rcv', receiptId.value, own.receipts);
  const receipt = { id, receiptId: receiptId.value, lines: lines.value };
  return done({ ...own, receipts: book(own.receipts, receipt) }, { goods_receipt_id: id });
}

function withdrawStock(own: InventoryState, received: JsonObject): StepResult<InventoryState> {
  const kept = unbook(own.receipts, memberOf(received, 'goods_receipt_id'));
  return kept === undefined ? nothingToUndo('goods receipt') : done({ ...own, receipts: kept }, {});
}

/** Data: `receipt_id`. Refused with `stock.not_received` when the goods are not there. */
function clearStock(own: InventoryState, data: JsonObject): StepResult<InventoryState> {
  const receiptId = readText(data, 'receipt_id');
  if (!receiptId.ok) return invalid(receiptId.problem);
  if (!standing(own.receipts).some((receipt) => receipt.receiptId === receiptId.value)) {
    return refused('stock.not_received', 'The goods of this receipt are not in stock.');
  }
  const id = nextId('clr', receiptId.value, own.clearances);
  const clearances = book(own.clearances, { id, receiptId: receiptId.value });
  return done({ ...own, clearances }, { clearance_id: id });
}

function blockStock(own: InventoryState, cleared: JsonObject): StepResult<InventoryState> {
  const kept = unbook(own.clearances, memberOf(cleared, 'clearance_id'));
  return kept === undefined ? nothingToUndo('clearance') : done({ ...own, clearances: kept }, {});
}
