import type { Clock } from '../../shared/kernel/time.ts';
import type { ListedSaga, SagaListing } from '../../shared/ports/saga-listing.ts';
import { readListing } from './read-listing.ts';
import { isActive, reportSagas, type SagaInvariants, type SagaReport } from './saga-report.ts';

/** Where what is stored of sagas is read. */
export interface SagaSources {
  readonly listing: Pick<SagaListing, 'list'>;
  /** Sagas that the runner may still act on, whether or not they are listed yet. */
  readonly readOpen: () => Promise<readonly ListedSaga[]>;
  /** Compares ended sagas with what their participants keep. */
  readonly checkBalance: (ended: readonly ListedSaga[]) => Promise<SagaInvariants>;
  readonly clock: Clock;
}

export interface SagaReading {
  readonly report: SagaReport & { readonly invariants: SagaInvariants };
  /** The sagas of the phase that was asked for. */
  readonly listed: readonly ListedSaga[] | undefined;
}

export interface SagaReader {
  read(phase: ListedSaga['phase'] | undefined): Promise<SagaReading>;
  /**
   * The report of one that watches. While the list alone shows that sagas run, nothing else is
   * read: sagas not listed yet are missing then, and nothing is said of the balance.
   */
  glance(): Promise<SagaReport>;
}

export function createSagaReader(sources: SagaSources): SagaReader {
  const { listing, checkBalance, clock } = sources;
  return {
    async read(phase) {
      const readAt = clock.now();
      const sagas = await addOpen(await readListing(listing), sources);
      const invariants = await checkBalance(endedOf(sagas));
      const listed = phase && sagas.filter((saga) => saga.phase === phase);
      return { report: { ...reportSagas(sagas, readAt), invariants }, listed };
    },
    async glance() {
      const readAt = clock.now();
      const listed = await readListing(listing);
      if (hasActive(listed)) return reportSagas(listed, readAt);
      const sagas = await addOpen(listed, sources);
      if (hasActive(sagas)) return reportSagas(sagas, readAt);
      return reportSagas(sagas, readAt, await checkBalance(sagas));
    },
  };
}

/** After the list: a saga that is opened meanwhile is met at least once. */
async function addOpen(
  listed: readonly ListedSaga[],
  { readOpen }: SagaSources,
): Promise<readonly ListedSaga[]> {
  const sagas = new Map(listed.map((saga) => [saga.sagaId, saga]));
  for (const saga of await readOpen()) {
    const known = sagas.get(saga.sagaId);
    // The list tells more of a saga that both say is under way.
    if (known === undefined || !isActive(known.phase)) sagas.set(saga.sagaId, saga);
  }
  return [...sagas.values()];
}

function hasActive(sagas: readonly ListedSaga[]): boolean {
  return sagas.some(({ phase }) => isActive(phase));
}

function endedOf(sagas: readonly ListedSaga[]): readonly ListedSaga[] {
  return sagas.filter(({ phase }) => !isActive(phase));
}
