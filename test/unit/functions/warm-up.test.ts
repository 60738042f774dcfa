import { describe, expect, it } from 'vitest';
import type { Services } from '../../../functions/compose.ts';
import { warmUp } from '../../../functions/warm-up.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';

function unused(): never {
  throw new Error('not asked for');
}

describe('warmUp', () => {
  it('puts what stops the way into Bronze in the log and does not throw', async () => {
    const logged = Promise.withResolvers<unknown>();
    const unsafe = new AppError('lake.unsafe_target', 'two writers', { kind: 'permanent' });
    const services: Services = {
      bronze: () => Promise.reject(unsafe),
      relay: unused,
      orders: unused,
      readiness: unused,
      close: unused,
    };
    warmUp(services, {
      debug: unused,
      info: unused,
      warn: unused,
      error: (_message, details) => {
        logged.resolve(details);
      },
    });
    expect(await logged.promise).toMatchObject({ code: 'lake.unsafe_target' });
  });
});
