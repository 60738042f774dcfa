import type { Config } from '../shared/config/config.ts';
import type { ChoreographyDuty } from './compose/choreography.ts';
import type { Foundation } from './compose/foundation.ts';
import type { ParticipantsDuty } from './compose/participants.ts';
import type { SagaApiDuty } from './compose/saga-api.ts';
import type { SagaDuty } from './compose/sagas.ts';
import { once } from './once.ts';

/** The duties of both variants of sagas. */
export interface SagaServices {
  readonly participants: () => Promise<ParticipantsDuty>;
  /** Of the choreographed variant alone. */
  readonly choreography: () => Promise<ChoreographyDuty>;
  readonly sagas: () => Promise<SagaDuty>;
  readonly sagaApi: () => Promise<SagaApiDuty>;
}

/** As `composeServices`. */
export function composeSagaServices(
  { sagas: { variant } }: Config,
  foundation: () => Promise<Foundation>,
): SagaServices {
  const ports = once(async () => {
    const [module, base] = await Promise.all([import('./compose/saga-ports.ts'), foundation()]);
    return await module.openSagaPorts(base);
  });
  const participants = once(async () => {
    const module = await import('./compose/participants.ts');
    return await module.composeParticipants(await foundation());
  });
  const choreography = once(async () => {
    const module = await import('./compose/choreography.ts');
    const parts = await Promise.all([foundation(), ports(), participants()]);
    return await module.composeChoreography(...parts);
  });
  const choreographed = async (): Promise<ChoreographyDuty | undefined> =>
    variant === 'choreography' ? await choreography() : undefined;
  return {
    participants,
    choreography,
    sagas: once(async () => {
      const module = await import('./compose/sagas.ts');
      const [base, opened, other] = await Promise.all([foundation(), ports(), choreographed()]);
      return await module.composeSagas(base, opened, other);
    }),
    sagaApi: once(async () => {
      const module = await import('./compose/saga-api.ts');
      const parts = await Promise.all([foundation(), ports(), choreographed()]);
      return await module.composeSagaApi(...parts);
    }),
  };
}
