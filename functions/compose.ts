import type { Config } from '../shared/config/config.ts';
import type { Log } from '../shared/ports/log.ts';
import type { BronzeDuty } from './compose/bronze.ts';
import type { ChoreographyDuty } from './compose/choreography.ts';
import type { OrderDuty } from './compose/orders.ts';
import type { ParticipantsDuty } from './compose/participants.ts';
import type { ReadinessDuty } from './compose/readiness.ts';
import type { RelayDuty } from './compose/relay.ts';
import type { SagaApiDuty } from './compose/saga-api.ts';
import type { SagaDuty } from './compose/sagas.ts';
import { once } from './once.ts';

/**
 * What the triggers call. Each duty is built when it is first asked for and shared by all triggers;
 * one that could not be built is built anew by the next invocation.
 */
export interface Services {
  readonly bronze: () => Promise<BronzeDuty>;
  readonly relay: () => Promise<RelayDuty>;
  readonly orders: () => Promise<OrderDuty>;
  readonly sagas: () => Promise<SagaDuty>;
  readonly sagaApi: () => Promise<SagaApiDuty>;
  /** Of the choreographed variant alone. */
  readonly choreography: () => Promise<ChoreographyDuty>;
  readonly participants: () => Promise<ParticipantsDuty>;
  readonly readiness: () => Promise<ReadinessDuty>;
  /** Closes the connections of what has been built. */
  close(): Promise<void>;
}

/**
 * Builds every adapter once, by plain calls. SDKs and adapters are behind `import()`, so that a cold
 * start loads only what the first invocation needs.
 */
export function composeServices(config: Config, log: Log): Services {
  let isOpen = false;
  const foundation = once(async () => {
    const { layFoundation } = await import('./compose/foundation.ts');
    isOpen = true;
    return await layFoundation(config, log);
  });
  const bronze = once(async () => {
    const [module, base] = await Promise.all([import('./compose/bronze.ts'), foundation()]);
    return await module.composeBronze(base);
  });
  const sagaPorts = once(async () => {
    const [module, base] = await Promise.all([import('./compose/saga-ports.ts'), foundation()]);
    return await module.openSagaPorts(base);
  });
  const participants = once(async () => {
    const module = await import('./compose/participants.ts');
    return await module.composeParticipants(await foundation());
  });
  const choreography = once(async () => {
    const module = await import('./compose/choreography.ts');
    const [base, ports, duty] = await Promise.all([foundation(), sagaPorts(), participants()]);
    return await module.composeChoreography(base, ports, duty);
  });
  const choreographed = async () =>
    config.sagas.variant === 'choreography' ? await choreography() : undefined;
  const sagas = once(async () => {
    const module = await import('./compose/sagas.ts');
    const [base, ports, other] = await Promise.all([foundation(), sagaPorts(), choreographed()]);
    return await module.composeSagas(base, ports, other?.starter);
  });
  return {
    bronze,
    sagas,
    sagaApi: once(async () => {
      const module = await import('./compose/saga-api.ts');
      const [base, ports, other] = await Promise.all([foundation(), sagaPorts(), choreographed()]);
      return await module.composeSagaApi(base, ports, other);
    }),
    relay: once(async () => {
      const [module, base] = await Promise.all([import('./compose/relay.ts'), foundation()]);
      return module.composeRelay(base);
    }),
    orders: once(async () => {
      const [module, base] = await Promise.all([import('./compose/orders.ts'), foundation()]);
      return await module.composeOrders(base);
    }),
    participants,
    choreography,
    readiness: once(async () => {
      const [module, base] = await Promise.all([import('./compose/readiness.ts'), foundation()]);
      return module.composeReadiness(base, bronze);
    }),
    close: async () => {
      if (isOpen) await (await foundation()).close();
    },
  };
}
