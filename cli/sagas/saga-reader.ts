import type { Clock } from '../../shared/kernel/time.ts';
import type { ListedSaga, SagaListing } from '../../shared/ports/saga-listing.ts';
import { checkBalance } from './check-balance.ts';
import type { KeptRecord } from './kept-record-codec.ts';
import { readListing } from './read-listing.ts';
import { isActive, reportSagas, type SagaInvariants, type SagaReport } from './saga-report.ts';

/** Where what is stored of sagas is read. */
export interface SagaSources {
  readonly listing: Pick<SagaListing, 'list'>;
  /** Sagas that the runner may still act on, whether or not they are listed yet. */
  readonly readOpen: () => Promise<readonly ListedSaga[]>;
  /** What the participants keep. */
  readonly readRecords: () => Promise<readonly KeptRecord[]>;
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
  const { listing, clock } = sources;
  const readAll = async (): Promise<readonly ListedSaga[]> =>
    addOpen(await readListing(listing), sources);
  return {
    async read(phase) {
      const readAt = clock.now();
      const sagas = await readAll();
      const invariants = await balance(sources, sagas, readAll);
      const listed = phase && sagas.filter((saga) => saga.phase === phase);
      return { report: { ...reportSagas(sagas, readAt), invariants }, listed };
    },
    async glance() {
      const readAt = clock.now();
      const listed = await readListing(listing);
      if (hasActive(listed)) return reportSagas(listed, readAt);
      const sagas = await addOpen(listed, sources);
      if (hasActive(sagas)) return reportSagas(sagas, readAt);
      return reportSagas(sagas, readAt, await balance(sources, sagas, readAll));
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

/**
 * A saga may have moved between the reading of its state and that of its records, or have begun: a
 * violation counts when a second reading finds it again.
 */
async function balance(
  { readRecords }: SagaSources,
  sagas: readonly ListedSaga[],
  readAgain: () => Promise<readonly ListedSaga[]>,
): Promise<SagaInvariants> {
  const first = checkBalance(sagas, await readRecords());
  if (first.violations.length === 0) return first;
  const second = checkBalance(await readAgain(), await readRecords());
  const violations = second.violations.filter((text) => first.violations.includes(text));
  return { ...first, violations };
}
