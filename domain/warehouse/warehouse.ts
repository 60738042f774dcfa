import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { book, nextId, noBookings, standing, unbook, type Bookings } from '../bookings.ts';
import { memberOf, readLines, readText, type StockLine } from '../command-data.ts';
import type { Participant, StepResult } from '../participant.ts';
import { done, invalid, nothingToUndo, refused } from '../step-results.ts';

/** Goods taken from the shelf for an order. */
interface Pick {
  readonly id: string;
  readonly orderId: string;
  readonly lines: readonly StockLine[];
}

/** A parcel made up for an order. */
interface Pack {
  readonly id: string;
  readonly orderId: string;
}

/** Received goods on their shelf. */
interface Storing {
  readonly id: string;
  readonly receiptId: string;
}

export interface WarehouseState {
  /** Undone: back on the shelf. */
  readonly picks: Bookings<Pick>;
  /** Undone: unpacked. */
  readonly packs: Bookings<Pack>;
  /** Undone: taken out again. */
  readonly storings: Bookings<Storing>;
}

/** The shelves and the packing tables. */
export const warehouse: Participant<WarehouseState> = {
  name: 'warehouse',
  initial: { picks: noBookings, packs: noBookings, storings: noBookings },
  steps: new Map([
    ['pick-order', pickOrder],
    ['pack-order', packOrder],
    ['put-away', putAway],
  ]),
  undos: new Map([
    ['unpick-order', { step: 'pick-order', undo: unpickOrder }],
    ['unpack-order', { step: 'pack-order', undo: unpackOrder }],
    ['take-out', { step: 'put-away', undo: takeOut }],
  ]),
};

/** Data: `order_id`, `lines`. */
function pickOrder(own: WarehouseState, data: JsonObject): StepResult<WarehouseState> {
  const [orderId, lines] = [readText(data, 'order_id'), readLines(data)];
  if (!orderId.ok) return invalid(orderId.problem);
  if (!lines.ok) return invalid(lines.problem);
  const id = nextId('pick', orderId.value, own.picks);
  const picks = book(own.picks, { id, orderId: orderId.value, lines: lines.value });
  return done({ ...own, picks }, { pick_id: id });
}

/** One that is still packed may be unpicked: a pack that cannot be undone holds nothing else back. */
function unpickOrder(own: WarehouseState, picked: JsonObject): StepResult<WarehouseState> {
  const kept = unbook(own.picks, memberOf(picked, 'pick_id'));
  return kept === undefined ? nothingToUndo('pick') : done({ ...own, picks: kept }, {});
}

/** Data: `order_id`. Refused with `order.not_picked` when there is nothing to pack. */
function packOrder(own: WarehouseState, data: JsonObject): StepResult<WarehouseState> {
  const orderId = readText(data, 'order_id');
  if (!orderId.ok) return invalid(orderId.problem);
  if (!standing(own.picks).some((pick) => pick.orderId === orderId.value)) {
    return refused('order.not_picked', 'The goods of this order are not picked.');
  }
  const id = nextId('pack', orderId.value, own.packs);
  const packs = book(own.packs, { id, orderId: orderId.value });
  return done({ ...own, packs }, { pack_id: id });
}

function unpackOrder(own: WarehouseState, packed: JsonObject): StepResult<WarehouseState> {
  const kept = unbook(own.packs, memberOf(packed, 'pack_id'));
  return kept === undefined ? nothingToUndo('pack') : done({ ...own, packs: kept }, {});
}

/** Data: `receipt_id`. */
function putAway(own: WarehouseState, data: JsonObject): StepResult<WarehouseState> {
  const receiptId = readText(data, 'receipt_id');
  if (!receiptId.ok) return invalid(receiptId.problem);
  const id = nextId('put', receiptId.value, own.storings);
  const storings = book(own.storings, { id, receiptId: receiptId.value });
  return done({ ...own, storings }, { storing_id: id });
}

function takeOut(own: WarehouseState, stored: JsonObject): StepResult<WarehouseState> {
  const kept = unbook(own.storings, memberOf(stored, 'storing_id'));
  return kept === undefined ? nothingToUndo('stored goods') : done({ ...own, storings: kept }, {});
}
