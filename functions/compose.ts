import type { Config } from '../shared/config/config.ts';
import type { Log } from '../shared/ports/log.ts';
import type { BronzeDuty } from './compose/bronze.ts';
import type { DeadLetterApi } from './compose/dead-letter-api.ts';
import type { DeadLetterSources } from './compose/dead-letter-sources.ts';
import type { DeadLetterDuty } from './compose/dead-letters.ts';
import type { OrderDuty } from './compose/orders.ts';
import type { ReadinessDuty } from './compose/readiness.ts';
import type { ReplayApi } from './compose/replay-api.ts';
import type { ReplayDuty } from './compose/replays.ts';
import type { RelayDuty } from './compose/relay.ts';
import { composeSagaServices, type SagaServices } from './compose-sagas.ts';
import { once } from './once.ts';

/**
 * What the triggers call. Each duty is built when it is first asked for and shared by all triggers;
 * one that could not be built is built anew by the next invocation.
 */
export interface Services extends SagaServices {
  readonly bronze: () => Promise<BronzeDuty>;
  readonly relay: () => Promise<RelayDuty>;
  readonly orders: () => Promise<OrderDuty>;
  readonly deadLetterSources: () => Promise<DeadLetterSources>;
  readonly deadLetters: () => Promise<DeadLetterDuty>;
  readonly deadLetterApi: () => Promise<DeadLetterApi>;
  readonly replays: () => Promise<ReplayDuty>;
  readonly replayApi: () => Promise<ReplayApi>;
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
  const deadLetters = once(async () => {
    const [module, base] = await Promise.all([import('./compose/dead-letters.ts'), foundation()]);
    return await module.composeDeadLetters(base, bronze);
  });
  const orders = once(async () => {
    const [module, base] = await Promise.all([import('./compose/orders.ts'), foundation()]);
    return await module.composeOrders(base);
  });
  const sagaServices = composeSagaServices(config, foundation);
  const replays = once(async () => {
    const module = await import('./compose/replays.ts');
    const [base, duty] = await Promise.all([foundation(), deadLetters()]);
    return module.composeReplays(base, duty, { ...sagaServices, orders });
  });
  return {
    ...sagaServices,
    bronze,
    relay: once(async () => {
      const [module, base] = await Promise.all([import('./compose/relay.ts'), foundation()]);
      return module.composeRelay(base);
    }),
    orders,
    deadLetterSources: once(async () => {
      const [module, base] = await Promise.all([
        import('./compose/dead-letter-sources.ts'),
        foundation(),
      ]);
      return await module.composeDeadLetterSources(base);
    }),
    deadLetters,
    deadLetterApi: once(async () => {
      const module = await import('./compose/dead-letter-api.ts');
      const [duty, { releaseBehind }] = await Promise.all([deadLetters(), replays()]);
      return module.composeDeadLetterApi(config, { ...duty, releaseBehind, log });
    }),
    replays,
    replayApi: once(async () => {
      const [module, duty] = await Promise.all([import('./compose/replay-api.ts'), replays()]);
      return module.composeReplayApi(config, { ports: duty.ports, log });
    }),
    readiness: once(async () => {
      const [module, base] = await Promise.all([import('./compose/readiness.ts'), foundation()]);
      return module.composeReadiness(base, bronze);
    }),
    close: async () => {
      if (isOpen) await (await foundation()).close();
    },
  };
}
