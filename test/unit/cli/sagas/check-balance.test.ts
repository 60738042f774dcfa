import { describe, expect, it } from 'vitest';
import { checkBalance } from '../../../../cli/sagas/check-balance.ts';
import { toKeptRecord } from '../../../../cli/sagas/kept-record-codec.ts';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { ListedSaga } from '../../../../shared/ports/saga-listing.ts';
import { keptOf } from '../../../support/kept-records.ts';

const at = epochMs(1_777_600_000_000);

function saga(sagaId: string, phase: ListedSaga['phase']): ListedSaga {
  return {
    ...{ sagaId, phase, definition: 'order-fulfilment', variant: 'orchestration', reason: '' },
    ...{ startedAt: at, changedAt: at },
  };
}

describe('checking the balance', () => {
  it('finds nothing wrong with sagas whose records are what their states say', () => {
    const sagas = [saga('SO-1', 'completed'), saga('SO-2', 'compensated'), saga('SO-3', 'running')];
    const undone = ['create-order', 'reserve-stock', 'charge-payment'];
    const kept = [
      ...keptOf('SO-1', { through: 'complete-order' }),
      ...keptOf('SO-2', { through: 'charge-payment', undone }),
      ...keptOf('SO-3', { through: 'charge-payment' }),
    ];
    const { checked, violations, totals } = checkBalance(sagas, kept);
    expect([checked, violations]).toEqual([3, []]);
    expect(totals.money['EUR']).toEqual({ done: '361.5', undone: '120.5', standing: '241' });
  });

  it('names the saga and what contradicts its state', () => {
    const kept = keptOf('SO-2', { through: 'charge-payment', undone: ['create-order'] });
    const { violations } = checkBalance([saga('SO-2', 'compensated')], kept);
    expect(violations).toContain('SO-2: charged 120.5 EUR, neither shipped nor refunded');
    expect(violations.join()).toMatch(/SO-2: the reservation .* is left without an order/);
  });

  it('names a saga that participants know and nobody else', () => {
    const { violations } = checkBalance([], keptOf('SO-9', { through: 'reserve-stock' }));
    expect(violations).toEqual([
      'SO-9: orders, inventory keep a record of it, and no such saga is known',
    ]);
  });
});

describe('records of participants', () => {
  const [kept] = keptOf('SO-1', { through: 'create-order' });
  const text = JSON.stringify(kept?.records.orders);

  it('are read with the name of the participant and the saga', () => {
    expect(toKeptRecord({ participant: 'orders', sagaId: 'SO-1', text })).toEqual(kept);
  });

  it.each([
    { participant: 'carriers', sagaId: 'SO-1', text },
    { participant: 'orders', sagaId: 'SO-1', text: '{' },
  ])('are refused when no participant can have written %j', (record) => {
    expect(() => toKeptRecord(record)).toThrow(AppError);
  });
});
