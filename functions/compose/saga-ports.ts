import { stateTables } from '../../shared/config/state-tables.ts';
import { createTableSagaListing } from '../../shared/sagas/table-saga-listing.ts';
import { createTableSagaStore } from '../../shared/sagas/table-saga-store.ts';
import type { Config } from '../../shared/config/config.ts';
import type { RunnerPorts, RunnerSettings } from '../../sagas/runner/runner-ports.ts';
import type { Foundation } from './foundation.ts';

/** What sagas are kept in and what patience they have. Errors: `storage.unavailable` (transient). */
export async function openSagaPorts(foundation: Foundation): Promise<RunnerPorts> {
  const { config, state, clock, newId, log } = foundation;
  const [claims, listing] = await Promise.all([
    state.table(stateTables.sagas),
    state.table(stateTables.sagaListing),
  ]);
  return {
    store: createTableSagaStore(claims),
    listing: createTableSagaListing(listing),
    settings: settingsOf(config),
    clock,
    newToken: newId,
    log,
  };
}

/** Every further attempt waits twice as long for its answer. */
const backoff = 2;

function settingsOf({ sagas }: Config): RunnerSettings {
  const { timeout, stepTimeout, stepAttempts, compensationAttempts } = sagas;
  return {
    timeout,
    stepPatience: { attempts: stepAttempts, timeout: stepTimeout, backoff },
    compensationPatience: { attempts: compensationAttempts, timeout: stepTimeout, backoff },
  };
}
