import type { ListedSaga, SagaListing } from '../../shared/ports/saga-listing.ts';

/**
 * The phases in the order in which a saga can pass them. Read in this order, a saga that moves
 * meanwhile is met at least once; a completed one may be returned, and so compensated.
 */
export const phases = [
  'running',
  'completed',
  'compensating',
  'compensated',
  'needs-human',
] as const satisfies readonly ListedSaga['phase'][];

/** The listing asks for one more, and Table Storage answers at most 1,000 at once. */
const pageSize = 999;

/** Every saga once, with the newest of the phases that it was met in. */
export async function readListing(
  listing: Pick<SagaListing, 'list'>,
): Promise<readonly ListedSaga[]> {
  const met = new Map<string, ListedSaga>();
  for (const phase of phases) {
    for await (const saga of listPhase(listing, phase)) met.set(saga.sagaId, saga);
  }
  return [...met.values()];
}

async function* listPhase(
  listing: Pick<SagaListing, 'list'>,
  phase: ListedSaga['phase'],
): AsyncIterable<ListedSaga> {
  let from: string | undefined;
  do {
    const { sagas, next } = await listing.list(phase, pageSize, from);
    yield* sagas;
    from = next;
  } while (from !== undefined);
}
