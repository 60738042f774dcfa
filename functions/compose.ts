import type { Config } from '../shared/config/config.ts';
import type { Log } from '../shared/ports/log.ts';
import type { BronzeDuty } from './compose/bronze.ts';
import type { OrderDuty } from './compose/orders.ts';
import type { ReadinessDuty } from './compose/readiness.ts';
import type { RelayDuty } from './compose/relay.ts';
import { composeDeadLetterServices, type DeadLetterServices } from './compose-dead-letters.ts';
import { composeSagaServices, type SagaServices } from './compose-sagas.ts';
import { once } from './once.ts';

/**
 * What the triggers call. Each duty is built when it is first asked for and shared by all triggers;
 * one that could not be built is built anew by the next invocation.
 */
export interface Services extends SagaServices, DeadLetterServices {
  readonly bronze: () => Promise<BronzeDuty>;
  readonly relay: () => Promise<RelayDuty>;
  readonly orders: () => Promise<OrderDuty>;
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
  const orders = once(async () => {
    const [module, base] = await Promise.all([import('./compose/orders.ts'), foundation()]);
    return await module.composeOrders(base);
  });
  const sagaServices = composeSagaServices(config, foundation);
  const consumers = { ...sagaServices, orders };
  return {
    ...sagaServices,
    ...composeDeadLetterServices({ config, log, foundation, bronze, consumers }),
    bronze,
    relay: once(async () => {
      const [module, base] = await Promise.all([import('./compose/relay.ts'), foundation()]);
      return module.composeRelay(base);
    }),
    orders,
    readiness: once(async () => {
      const [module, base] = await Promise.all([import('./compose/readiness.ts'), foundation()]);
      return module.composeReadiness(base, bronze);
    }),
    close: async () => {
      if (isOpen) await (await foundation()).close();
    },
  };
}
