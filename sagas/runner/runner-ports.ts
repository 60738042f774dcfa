import type { Clock, DurationMs } from '../../shared/kernel/time.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { SagaListing } from '../../shared/ports/saga-listing.ts';
import type { SagaInstances, SagaStore } from '../../shared/ports/sagas.ts';
import type { Patience } from '../definition.ts';

/** What the runner's own time and patience are; a run keeps those that it began with. */
export interface RunnerSettings {
  /** From the entry of a run to its deadline. */
  readonly timeout: DurationMs;
  readonly stepPatience: Patience;
  readonly compensationPatience: Patience;
}

/** What the runner asks of the world around the durable instances. */
export interface RunnerPorts {
  readonly store: SagaStore;
  readonly listing: SagaListing;
  readonly settings: RunnerSettings;
  readonly clock: Clock;
  readonly newToken: () => string;
  readonly log: Log;
}

/** The same for what also starts instances or sends them messages. */
export interface InstancePorts extends RunnerPorts {
  readonly instances: SagaInstances;
}
