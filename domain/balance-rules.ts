import { standing, type Bookings } from './bookings.ts';
import type { Money, StockLine } from './command-data.ts';
import type { ParticipantStates } from './participants.ts';
import { chargesKept } from './payment/payment.ts';

/** What the participants have of a saga, and what the saga says of itself. */
export interface Books extends ParticipantStates {
  readonly phase: 'running' | 'compensating' | 'completed' | 'compensated' | 'needs-human';
}

/** What is wrong, in words; nothing when all is well. */
type Rule = (books: Books) => readonly string[];

/** What holds of each participant at any time. */
export const everRules: readonly Rule[] = [nothingTwice, refundsMatchCharges];

/** What holds of all participants together once the saga has ended. */
export const endedRules: readonly Rule[] = [
  chargedIsShippedOrRefunded,
  shippedIsCharged,
  reservedHasAnOrder,
  amountsAgree,
  completedIsDone,
  compensatedIsUndone,
];

/** Everything that can be done and undone, with the words for it. */
function activities(books: Books) {
  const { orders, inventory, warehouse, shipping, payment } = books;
  return {
    order: [
      toActivity('created', 'cancelled', orders.orders),
      toActivity('reserved', 'released', inventory.reservations),
      toActivity('charged', 'refunded', chargeBookings(payment)),
      toActivity('picked', 'unpicked', warehouse.picks),
      toActivity('packed', 'unpacked', warehouse.packs),
      toActivity('shipped', 'recalled', shipping.shipments),
      toActivity('closed', 'reopened', orders.completions),
    ],
    receipt: [
      toActivity('received', 'withdrawn', inventory.receipts),
      toActivity('put away', 'taken out', warehouse.storings),
      toActivity('cleared', 'blocked', inventory.clearances),
    ],
  };
}

interface Activity {
  readonly done: string;
  readonly undone: string;
  readonly bookings: Bookings<{ readonly id: string }>;
}

function toActivity(
  done: string,
  undone: string,
  { made, undone: ids }: Bookings<{ readonly id: string }>,
): Activity {
  return { done, undone, bookings: { made, undone: ids } };
}

function chargeBookings({ charges, refunds }: Books['payment']): Activity['bookings'] {
  return { made: charges, undone: refunds.map(({ chargeId }) => chargeId) };
}

function nothingTwice(books: Books): readonly string[] {
  const { order, receipt } = activities(books);
  return [...order, ...receipt].flatMap(({ done, undone, bookings: { made, undone: ids } }) => {
    const foreign = ids.filter((id) => !made.some((entry) => entry.id === id));
    const repeated = ids.filter((id, at) => ids.indexOf(id) < at);
    return [
      ...(made.length > 1 ? [`${done} ${made.length} times`] : []),
      ...repeated.map((id) => `${id} ${undone} twice`),
      ...foreign.map((id) => `${id} ${undone}, which never was ${done}`),
    ];
  });
}

function refundsMatchCharges({ payment: { charges, refunds } }: Books): readonly string[] {
  return refunds.flatMap((refund) => {
    const charge = charges.find(({ id }) => id === refund.chargeId);
    return charge === undefined || isSameMoney(charge, refund)
      ? []
      : [`charged ${spell(charge)} and refunded ${spell(refund)}`];
  });
}

/** What a person is to finish may be neither; all else is one of them, and never both. */
function chargedIsShippedOrRefunded({ phase, payment, shipping }: Books): readonly string[] {
  const isShipped = standing(shipping.shipments).length > 0;
  const kept = chargesKept(payment);
  const refunded = payment.refunds.length > 0 && kept.length === 0;
  if (isShipped && refunded) return ['refunded, and the parcel is not recalled'];
  if (isShipped || phase === 'needs-human') return [];
  return kept.map((charge) => `charged ${spell(charge)}, neither shipped nor refunded`);
}

function shippedIsCharged({ payment, shipping }: Books): readonly string[] {
  const isGiven = payment.charges.length === 0 && standing(shipping.shipments).length > 0;
  return isGiven ? ['shipped without a charge'] : [];
}

function reservedHasAnOrder({ orders, inventory }: Books): readonly string[] {
  const open = standing(orders.orders).map(({ id }) => id);
  return standing(inventory.reservations)
    .filter(({ orderId }) => !open.includes(orderId))
    .map(({ id }) => `the reservation ${id} is left without an order`);
}

function amountsAgree({ orders, payment, inventory, warehouse }: Books): readonly string[] {
  const [order] = orders.orders.made;
  if (order === undefined) return [];
  const [charge] = payment.charges;
  const ordered = spellLines(order.lines);
  const others = [
    { what: 'reserved', lines: inventory.reservations.made[0]?.lines },
    { what: 'picked', lines: warehouse.picks.made[0]?.lines },
  ];
  return [
    ...(charge === undefined || isSameMoney(order.total, charge)
      ? []
      : [`ordered for ${spell(order.total)} and charged ${spell(charge)}`]),
    ...others
      .filter(({ lines }) => lines !== undefined && spellLines(lines) !== ordered)
      .map(({ what }) => `${what} other lines than ordered`),
  ];
}

function completedIsDone(books: Books): readonly string[] {
  if (books.phase !== 'completed') return [];
  const { order, receipt } = activities(books);
  const isReceipt = receipt.some(({ bookings }) => bookings.made.length > 0);
  return (isReceipt ? receipt : order)
    .filter(({ bookings }) => standing(bookings).length === 0)
    .map(({ done }) => `completed, but not ${done}`);
}

function compensatedIsUndone(books: Books): readonly string[] {
  if (books.phase !== 'compensated') return [];
  const { order, receipt } = activities(books);
  return [...order, ...receipt].flatMap(({ done, undone, bookings }) =>
    standing(bookings).map(({ id }) => `compensated, but ${id} is ${done} and not ${undone}`),
  );
}

function isSameMoney(left: Money, right: Money): boolean {
  return left.amount === right.amount && left.currency === right.currency;
}

function spell({ amount, currency }: Money): string {
  return `${amount} ${currency}`;
}

function spellLines(lines: readonly StockLine[]): string {
  return JSON.stringify(lines.map(({ productId, quantity }) => [productId, quantity]));
}
