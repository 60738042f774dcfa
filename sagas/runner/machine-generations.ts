import type { EpochMs } from '../../shared/kernel/time.ts';
import type { SagaDefinition } from '../definition.ts';
import type { SagaState } from './machine-state.ts';
import { advanceSaga, beginReturn, beginSaga } from './machine.ts';
import type { Advance, SagaInput, SagaReason, SagaStart } from './saga-state.ts';

/** The pure machine that a run replays. Whatever it decides from a history it has to decide again. */
export interface SagaMachine {
  readonly begin: (definition: SagaDefinition, start: SagaStart) => Advance<SagaState>;
  readonly advance: (
    definition: SagaDefinition,
    state: SagaState,
    told: { readonly input: SagaInput; readonly now: EpochMs },
  ) => Advance<SagaState>;
  readonly beginReturn: (
    definition: SagaDefinition,
    start: SagaStart & { readonly reason: SagaReason },
    now: EpochMs,
  ) => Advance<SagaState>;
}

/** The generation of runs that were started before versions were recorded. */
const firstGeneration = '1.0';

/**
 * Machines by the version of host.json (`durableTask.defaultVersion`) that a run was started under.
 * A change that decides otherwise for a history that may be in flight gets a new version there and
 * a new entry here; the old entry stays until its last run has ended.
 */
const generations: ReadonlyMap<string, SagaMachine> = new Map([
  [firstGeneration, { begin: beginSaga, advance: advanceSaga, beginReturn }],
]);

/** Errors: throws for a version that this code does not know; the host hands over none that is newer. */
export function machineOf(version: string | null | undefined): SagaMachine {
  const machine = generations.get(version ?? firstGeneration);
  if (machine !== undefined) return machine;
  throw new Error(`No machine for runs of version ${String(version)}`);
}
