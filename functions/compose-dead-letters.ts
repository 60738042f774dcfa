import type { Config } from '../shared/config/config.ts';
import type { Log } from '../shared/ports/log.ts';
import type { BronzeDuty } from './compose/bronze.ts';
import type { DeadLetterApi } from './compose/dead-letter-api.ts';
import type { DeadLetterSources } from './compose/dead-letter-sources.ts';
import type { DeadLetterDuty } from './compose/dead-letters.ts';
import type { Foundation } from './compose/foundation.ts';
import type { ReplayApi } from './compose/replay-api.ts';
import type { ProbedDuties } from './compose/replay-probe.ts';
import type { ReplayDuty } from './compose/replays.ts';
import { once } from './once.ts';

/** The duties around dead letters. */
export interface DeadLetterServices {
  readonly deadLetterSources: () => Promise<DeadLetterSources>;
  readonly deadLetters: () => Promise<DeadLetterDuty>;
  readonly deadLetterApi: () => Promise<DeadLetterApi>;
  readonly replays: () => Promise<ReplayDuty>;
  readonly replayApi: () => Promise<ReplayApi>;
}

interface Ground {
  readonly config: Config;
  readonly log: Log;
  readonly foundation: () => Promise<Foundation>;
  readonly bronze: () => Promise<BronzeDuty>;
  /** Whose consumers a replay goes to. */
  readonly consumers: ProbedDuties;
}

/** As `composeServices`. */
export function composeDeadLetterServices(ground: Ground): DeadLetterServices {
  const { config, log, foundation, bronze, consumers } = ground;
  const deadLetters = once(async () => {
    const [module, base] = await Promise.all([import('./compose/dead-letters.ts'), foundation()]);
    return await module.composeDeadLetters(base, bronze);
  });
  const replays = once(async () => {
    const module = await import('./compose/replays.ts');
    const [base, duty] = await Promise.all([foundation(), deadLetters()]);
    return module.composeReplays(base, duty, consumers);
  });
  return {
    deadLetters,
    replays,
    deadLetterSources: once(async () => {
      const module = await import('./compose/dead-letter-sources.ts');
      return await module.composeDeadLetterSources(await foundation());
    }),
    deadLetterApi: once(async () => {
      const module = await import('./compose/dead-letter-api.ts');
      const [duty, { releaseBehind }] = await Promise.all([deadLetters(), replays()]);
      return module.composeDeadLetterApi(config, { ...duty, releaseBehind, log });
    }),
    replayApi: once(async () => {
      const [module, duty] = await Promise.all([import('./compose/replay-api.ts'), replays()]);
      return module.composeReplayApi(config, { ports: duty.ports, log });
    }),
  };
}
