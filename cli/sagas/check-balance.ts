import { addBalances, balanceSaga, noBalance, type SagaBooks } from '../../domain/balance.ts';
import type { ListedSaga } from '../../shared/ports/saga-listing.ts';
import type { KeptRecord } from './kept-record-codec.ts';
import type { SagaInvariants } from './saga-report.ts';

/**
 * Compares sagas with what their participants keep, and adds it all up. Pure. What a participant
 * keeps of a saga that is not known is a violation, too.
 */
export function checkBalance(
  sagas: readonly ListedSaga[],
  kept: readonly KeptRecord[],
): SagaInvariants {
  const books = new Map<string, SagaBooks['records']>();
  for (const { sagaId, records } of kept) {
    books.set(sagaId, { ...books.get(sagaId), ...records });
  }
  const balance = sagas
    .map(({ sagaId, phase }) => balanceSaga({ sagaId, phase, records: books.get(sagaId) ?? {} }))
    .reduce(addBalances, noBalance);
  return {
    checked: sagas.length,
    violations: [...balance.violations, ...strangers(sagas, books)],
    totals: balance.totals,
  };
}

function strangers(
  sagas: readonly ListedSaga[],
  books: ReadonlyMap<string, SagaBooks['records']>,
): readonly string[] {
  const known = new Set(sagas.map(({ sagaId }) => sagaId));
  return [...books]
    .filter(([sagaId]) => !known.has(sagaId))
    .map(([sagaId, records]) => {
      const names = Object.keys(records).join(', ');
      return `${sagaId}: ${names} keep a record of it, and no such saga is known`;
    });
}
