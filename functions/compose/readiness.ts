import { AppError } from '../../shared/kernel/app-error.ts';
import { entities } from '../entities.ts';
import type { BronzeDuty } from './bronze.ts';
import type { Foundation } from './foundation.ts';

/** Why the application cannot do its work now. */
interface ReadinessProblem {
  readonly check: string;
  readonly problem: string;
}

/** What the readiness function does. */
export interface ReadinessDuty {
  /** Every problem at once; none when all that the application needs has answered. */
  readonly findProblems: () => Promise<readonly ReadinessProblem[]>;
}

/** A load balancer asks often and waits seconds, not minutes. */
const checkTimeoutMs = 5_000;

type Check = () => Promise<string | undefined>;

export function composeReadiness(
  foundation: Foundation,
  bronze: () => Promise<BronzeDuty>,
): ReadinessDuty {
  const checks: Readonly<Record<string, Check>> = {
    'state storage': async () => {
      await foundation.state.container(foundation.config.payloadContainer).exists();
      return undefined;
    },
    [`hub ${entities.eventsHub}`]: () => checkHub(foundation, entities.eventsHub),
    [`hub ${entities.landingHub}`]: () => checkHub(foundation, entities.landingHub),
    [`hub ${entities.deadLettersHub}`]: () => checkHub(foundation, entities.deadLettersHub),
    bronze: async () => {
      await bronze();
      return undefined;
    },
  };
  return {
    findProblems: async () => {
      const outcomes = await Promise.all(
        Object.entries(checks).map(async ([check, run]): Promise<ReadinessProblem[]> => {
          const problem = await outcomeOf(run);
          return problem === undefined ? [] : [{ check, problem }];
        }),
      );
      return outcomes.flat();
    },
  };
}

async function checkHub(
  { directory, config }: Foundation,
  hub: string,
): Promise<string | undefined> {
  const { partitionIds } = await directory.facts(hub);
  const { partitions } = config.hubs;
  if (partitionIds.length === partitions) return undefined;
  return `the hub has ${partitionIds.length} partitions, event_hub_partitions is ${partitions}`;
}

async function outcomeOf(run: Check): Promise<string | undefined> {
  const timeout = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    timeout.resolve(`no answer in ${checkTimeoutMs} ms`);
  }, checkTimeoutMs);
  try {
    return await Promise.race([run(), timeout.promise]);
  } catch (error) {
    // Messages of our own name no secret; those of an SDK may, and this page asks for no key.
    return error instanceof AppError ? `${error.code}: ${error.message}` : 'no answer';
  } finally {
    clearTimeout(timer);
  }
}
