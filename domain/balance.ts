import { addDecimals, subtractDecimals, zero, type Decimal } from '../shared/kernel/decimal.ts';
import { endedRules, everRules, type Books } from './balance-rules.ts';
import type { Bookings } from './bookings.ts';
import type { Money, StockLine } from './command-data.ts';
import type { ParticipantName } from './messages.ts';
import type { ParticipantRecord } from './participant.ts';
import { participantNamed, type ParticipantStates } from './participants.ts';
import { newRecord } from './participant-protocol.ts';

/** A saga and the records of all participants; one that has none has not heard of the saga. */
export interface SagaBooks {
  readonly sagaId: string;
  readonly phase: Books['phase'];
  readonly records: {
    readonly [Name in ParticipantName]?: ParticipantRecord<ParticipantStates[Name]> | undefined;
  };
}

/** What came and what went back; the difference is what stands. */
export interface Flow<Amount> {
  readonly done: Amount;
  readonly undone: Amount;
  readonly standing: Amount;
}

export interface Totals {
  /** Charged, refunded and kept, by currency. */
  readonly money: Readonly<Record<string, Flow<Decimal>>>;
  /** Units that orders reserved, and that were released. */
  readonly reserved: Flow<Decimal>;
  /** Units that were received, and withdrawn. */
  readonly received: Flow<Decimal>;
  /** Parcels that were shipped, and recalled. */
  readonly parcels: Flow<number>;
}

export interface Balance {
  /** One readable text for each, which begins with the saga's id. */
  readonly violations: readonly string[];
  readonly totals: Totals;
}

/**
 * Checks that money, stock and parcels of a saga agree with each other and with its phase, and adds
 * them up. Pure. While a saga is under way only that is checked which must hold at any time, however
 * its records were read.
 */
export function balanceSaga({ sagaId, phase, records }: SagaBooks): Balance {
  const books = { phase, ...statesOf(records) };
  const isUnderWay = phase === 'running' || phase === 'compensating';
  const rules = isUnderWay ? everRules : [...everRules, ...endedRules];
  const problems = rules.flatMap((rule) => rule(books));
  return {
    violations: problems.map((problem) => `${sagaId}: ${problem}`),
    totals: totalsOf(books),
  };
}

/** What all sagas together come to, those of no saga being `noBalance`. */
export function addBalances(left: Balance, right: Balance): Balance {
  const [a, b] = [left.totals, right.totals];
  return {
    violations: [...left.violations, ...right.violations],
    totals: {
      money: addMoney(a.money, b.money),
      reserved: addFlows(a.reserved, b.reserved),
      received: addFlows(a.received, b.received),
      parcels: {
        done: a.parcels.done + b.parcels.done,
        undone: a.parcels.undone + b.parcels.undone,
        standing: a.parcels.standing + b.parcels.standing,
      },
    },
  };
}

const noFlow: Flow<Decimal> = { done: zero, undone: zero, standing: zero };

export const noBalance: Balance = {
  violations: [],
  totals: {
    money: {},
    reserved: noFlow,
    received: noFlow,
    parcels: { done: 0, undone: 0, standing: 0 },
  },
};

function statesOf(records: SagaBooks['records']): ParticipantStates {
  const stateOf = <Name extends ParticipantName>(name: Name): ParticipantStates[Name] =>
    (records[name] ?? newRecord(participantNamed(name))).own;
  return {
    orders: stateOf('orders'),
    inventory: stateOf('inventory'),
    payment: stateOf('payment'),
    warehouse: stateOf('warehouse'),
    shipping: stateOf('shipping'),
  };
}

function totalsOf({ payment, inventory, shipping }: ParticipantStates): Totals {
  const { made, undone } = shipping.shipments;
  return {
    money: [
      ...payment.charges.map((charge) => moneyFlow(charge, 'done')),
      ...payment.refunds.map((refund) => moneyFlow(refund, 'undone')),
    ].reduce(addMoney, {}),
    reserved: unitFlow(inventory.reservations),
    received: unitFlow(inventory.receipts),
    parcels: { done: made.length, undone: undone.length, standing: made.length - undone.length },
  };
}

function moneyFlow({ amount, currency }: Money, side: 'done' | 'undone'): Totals['money'] {
  return { [currency]: flowOf({ done: zero, undone: zero, [side]: amount }) };
}

function unitFlow({
  made,
  undone,
}: Bookings<{ readonly id: string; readonly lines: readonly StockLine[] }>): Flow<Decimal> {
  const units = (lines: readonly StockLine[]): Decimal =>
    lines.reduce((sum, { quantity }) => addDecimals(sum, quantity), zero);
  const back = undone.flatMap((id) => made.find((entry) => entry.id === id)?.lines ?? []);
  return flowOf({ done: units(made.flatMap(({ lines }) => lines)), undone: units(back) });
}

function flowOf({ done, undone }: Omit<Flow<Decimal>, 'standing'>): Flow<Decimal> {
  return { done, undone, standing: subtractDecimals(done, undone) };
}

function addFlows(left: Flow<Decimal>, right: Flow<Decimal>): Flow<Decimal> {
  return flowOf({
    done: addDecimals(left.done, right.done),
    undone: addDecimals(left.undone, right.undone),
  });
}

function addMoney(left: Totals['money'], right: Totals['money']): Totals['money'] {
  const added = Object.entries(right).map(
    ([currency, flow]) => [currency, addFlows(left[currency] ?? noFlow, flow)] as const,
  );
  return { ...left, ...Object.fromEntries(added) };
}
