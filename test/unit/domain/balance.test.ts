import { describe, expect, it } from 'vitest';
import { addBalances, balanceSaga, noBalance, type SagaBooks } from '../../../domain/balance.ts';
import type { Command, ParticipantName } from '../../../domain/messages.ts';
import { doCommand, given, orderData, receiptData, undoCommand } from '../../support/commands.ts';

const steps: readonly (readonly [step: string, participant: ParticipantName, undo: string])[] = [
  ['create-order', 'orders', 'cancel-order'],
  ['reserve-stock', 'inventory', 'release-stock'],
  ['charge-payment', 'payment', 'refund-payment'],
  ['pick-order', 'warehouse', 'unpick-order'],
  ['pack-order', 'warehouse', 'unpack-order'],
  ['ship-order', 'shipping', 'recall-shipment'],
  ['complete-order', 'orders', 'reopen-order'],
];

/** Who has to do with an order of which these steps were done, and these undone afterwards. */
function booksOf(
  phase: SagaBooks['phase'],
  isDone: (step: string) => boolean,
  isUndone: (step: string) => boolean = () => false,
): SagaBooks {
  const done = steps
    .filter(([step]) => isDone(step))
    .map(([step, participant]) => doCommand(step, { participant }));
  const undone = steps
    .filter(([step]) => isUndone(step))
    .map(([step, participant, undo]) => undoCommand(undo, step, { participant }))
    .reverse();
  return { sagaId: 'SO-1', phase, records: recordsOf([...done, ...undone]) };
}

function recordsOf(commands: readonly Command[]): SagaBooks['records'] {
  const of = <Name extends ParticipantName>(name: Name) =>
    given(
      name,
      commands.filter(({ participant }) => participant === name),
    ).record;
  return {
    orders: of('orders'),
    inventory: of('inventory'),
    payment: of('payment'),
    warehouse: of('warehouse'),
    shipping: of('shipping'),
  };
}

const all = (): boolean => true;
const none = (): boolean => false;
const allBut =
  (...names: readonly string[]) =>
  (step: string) =>
    !names.includes(step);

function violationsOf(books: SagaBooks): readonly string[] {
  return balanceSaga(books).violations;
}

describe('balanceSaga', () => {
  it.each([
    { phase: 'completed', done: all, undone: none },
    { phase: 'compensated', done: all, undone: all },
    { phase: 'compensated', done: none, undone: none },
    { phase: 'compensated', done: none, undone: all },
    { phase: 'running', done: allBut('ship-order'), undone: none },
    { phase: 'compensating', done: all, undone: (step) => step === 'ship-order' },
    // The parcel cannot be recalled, and everything that must not be undone before it stands.
    { phase: 'needs-human', done: all, undone: (step) => step === 'complete-order' },
    // The refund fails for good: all else is undone.
    { phase: 'needs-human', done: all, undone: allBut('charge-payment') },
  ] satisfies {
    phase: SagaBooks['phase'];
    done: (step: string) => boolean;
    undone: (step: string) => boolean;
  }[])('finds nothing wrong with a saga that is $phase and right', ({ phase, done, undone }) => {
    expect(violationsOf(booksOf(phase, done, undone))).toEqual([]);
  });

  it('finds a charge that was neither shipped nor refunded', () => {
    const books = booksOf('compensated', all, allBut('charge-payment'));
    expect(violationsOf(books)).toContain('SO-1: charged 18.6 BRL, neither shipped nor refunded');
  });

  it.each(['completed', 'compensated', 'needs-human'] as const)(
    'finds a customer who has parcel and money when the saga is %s (counterexample 21)',
    (phase) => {
      const books = booksOf(phase, all, (step) => step === 'charge-payment');
      expect(violationsOf(books)).toContain('SO-1: refunded, and the parcel is not recalled');
    },
  );

  it('finds a parcel that nobody paid for', () => {
    const books = booksOf('completed', allBut('charge-payment'));
    expect(violationsOf(books)).toContain('SO-1: shipped without a charge');
  });

  it.each([
    { order: 'was never entered', done: allBut('create-order'), undone: none },
    { order: 'is cancelled', done: all, undone: (step: string) => step === 'create-order' },
  ])('finds a reservation whose order $order (counterexample 20)', ({ done, undone }) => {
    expect(violationsOf(booksOf('needs-human', done, undone))).toEqual([
      'SO-1: the reservation res-SO-1-1 is left without an order',
    ]);
  });

  it.each([
    ['create-order', 'created'],
    ['reserve-stock', 'reserved'],
    ['charge-payment', 'charged'],
    ['pick-order', 'picked'],
    ['pack-order', 'packed'],
    ['ship-order', 'shipped'],
    ['complete-order', 'closed'],
  ])('finds a completed saga without %s', (step, words) => {
    const undone = booksOf('completed', all, (name) => name === step);
    expect(violationsOf(undone)).toContain(`SO-1: completed, but not ${words}`);
  });

  it.each([
    ['create-order', 'SO-1 is created and not cancelled'],
    ['reserve-stock', 'res-SO-1-1 is reserved and not released'],
    ['charge-payment', 'chg-SO-1-1 is charged and not refunded'],
    ['pick-order', 'pick-SO-1-1 is picked and not unpicked'],
    ['pack-order', 'pack-SO-1-1 is packed and not unpacked'],
    ['ship-order', 'shp-SO-1-1 is shipped and not recalled'],
    ['complete-order', 'cmp-SO-1-1 is closed and not reopened'],
  ])('finds a compensated saga whose %s is not undone', (step, words) => {
    const books = booksOf('compensated', all, allBut(step));
    expect(violationsOf(books)).toContain(`SO-1: compensated, but ${words}`);
  });

  it.each(['running', 'completed'] as const)(
    'finds what was done, undone or refunded twice while %s',
    (phase) => {
      const charge = { orderId: 'SO-1', amount: '18.6', currency: 'BRL' };
      const refund = { chargeId: 'chg-1', amount: '18.6', currency: 'BRL' };
      const books = tampered(phase, {
        payment: {
          charges: [
            { id: 'chg-1', ...charge },
            { id: 'chg-2', ...charge },
          ],
          refunds: [
            { id: 'ref-1', ...refund },
            { id: 'ref-2', ...refund },
          ],
        },
        shipping: { shipments: { made: [], undone: ['shp-9'] } },
      });
      expect(violationsOf(books)).toEqual(
        expect.arrayContaining([
          'SO-1: charged 2 times',
          'SO-1: chg-1 refunded twice',
          'SO-1: shp-9 recalled, which never was shipped',
        ]),
      );
    },
  );

  it('finds amounts and lines that do not agree', () => {
    const books = tampered('completed', {
      payment: {
        charges: [{ id: 'chg-1', orderId: 'SO-1', amount: '18.61', currency: 'BRL' }],
        refunds: [{ id: 'ref-1', chargeId: 'chg-1', amount: '18.61', currency: 'EUR' }],
      },
      inventory: {
        reservations: { made: [{ id: 'res-1', orderId: 'SO-1', lines: [] }], undone: [] },
        receipts: { made: [], undone: [] },
        clearances: { made: [], undone: [] },
      },
    });
    expect(violationsOf(books)).toEqual(
      expect.arrayContaining([
        'SO-1: charged 18.61 BRL and refunded 18.61 EUR',
        'SO-1: ordered for 18.6 BRL and charged 18.61 BRL',
        'SO-1: reserved other lines than ordered',
      ]),
    );
  });

  it('balances receipts by their own steps', () => {
    const [inventory, warehouse] = ['inventory', 'warehouse'] as const;
    const data = receiptData;
    const received = doCommand('receive-stock', { participant: inventory, data });
    const stored = doCommand('put-away', { participant: warehouse, data });
    const cleared = doCommand('clear-stock', { participant: inventory, data });
    const blocked = undoCommand('block-stock', 'clear-stock', { participant: inventory, data });
    const violationsAfter = (phase: SagaBooks['phase'], commands: readonly Command[]) =>
      violationsOf({ sagaId: 'receipt-R-1', phase, records: recordsOf(commands) });
    expect(violationsAfter('completed', [received, stored, cleared])).toEqual([]);
    expect(violationsAfter('completed', [received, cleared])).toEqual([
      'receipt-R-1: completed, but not put away',
    ]);
    expect(violationsAfter('compensated', [received, stored, cleared, blocked])).toEqual([
      'receipt-R-1: compensated, but rcv-R-1-1 is received and not withdrawn',
      'receipt-R-1: compensated, but put-R-1-1 is put away and not taken out',
    ]);
  });

  it('says of a completed saga of which no participant knows everything that is missing', () => {
    const books: SagaBooks = { sagaId: 'SO-1', phase: 'completed', records: {} };
    expect(violationsOf(books)).toHaveLength(7);
  });
});

describe('addBalances', () => {
  it('adds money by currency, units and parcels exactly', () => {
    const kept = balanceSaga(booksOf('completed', all));
    const undone = balanceSaga(booksOf('compensated', all, all));
    const euro = { participant: 'payment', data: { ...orderData, amount: 0.1, currency: 'EUR' } };
    const other = balanceSaga({
      sagaId: 'SO-1',
      phase: 'running',
      records: recordsOf([doCommand('charge-payment', { ...euro, participant: 'payment' })]),
    });
    const sum = [kept, undone, other, other].reduce(addBalances, noBalance);
    expect(sum).toEqual({
      violations: [],
      totals: {
        money: {
          BRL: { done: '37.2', undone: '18.6', standing: '18.6' },
          EUR: { done: '0.2', undone: '0', standing: '0.2' },
        },
        reserved: { done: '5', undone: '2.5', standing: '2.5' },
        received: { done: '0', undone: '0', standing: '0' },
        parcels: { done: 2, undone: 1, standing: 1 },
      },
    });
  });
});

/** A completed order whose participants keep something else than they decided. */
function tampered(
  phase: SagaBooks['phase'],
  owns: Readonly<Partial<Record<ParticipantName, unknown>>>,
): SagaBooks {
  const { records } = booksOf(phase, all);
  const replaced = Object.entries(owns).map(([name, own]) => [
    name,
    { own, answered: {}, undone: {} },
  ]);
  const changed: unknown = { ...records, ...Object.fromEntries(replaced) };
  return { sagaId: 'SO-1', phase, records: changed as SagaBooks['records'] };
}
