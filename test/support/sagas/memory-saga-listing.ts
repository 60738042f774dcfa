import type { ListedSaga, SagaListing } from '../../../shared/ports/saga-listing.ts';

/** The listing in memory. */
export function createMemorySagaListing(): SagaListing {
  const sagas = new Map<string, ListedSaga>();
  return {
    move: (saga) => {
      const former = sagas.get(saga.sagaId);
      if (former === undefined || former.changedAt <= saga.changedAt) sagas.set(saga.sagaId, saga);
      return Promise.resolve();
    },
    list: (phase, size, from) => {
      const all = [...sagas.values()]
        .filter((saga) => saga.phase === phase)
        .toSorted(
          (left, right) =>
            right.startedAt - left.startedAt || (left.sagaId < right.sagaId ? -1 : 1),
        );
      const first = from === undefined ? 0 : all.findIndex(({ sagaId }) => sagaId === from) + 1;
      if (from !== undefined && first === 0) return Promise.resolve({ sagas: [], next: undefined });
      const page = all.slice(first, first + size);
      const hasMore = all.length > first + size;
      return Promise.resolve({ sagas: page, next: hasMore ? page.at(-1)?.sagaId : undefined });
    },
  };
}
