import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startCountingProxy, type CountingProxy } from '../../../../support/counting-proxy.ts';
import { startDurableApp, type DurableApp } from '../../../../support/host-apps/durable-fixture.ts';

let proxy: CountingProxy;
let app: DurableApp;

beforeAll(async () => {
  proxy = await startCountingProxy(inject('storageConnection'));
  app = await startDurableApp({
    storage: proxy.connection,
    settings: { LocalHost__HubExpiryMs: '600000' },
  });
  // The second look at the hub's storage is over.
  await delay(2_500);
});

afterAll(async () => {
  await app.end();
  proxy.stop();
});

async function count(work: () => Promise<unknown>): Promise<number> {
  proxy.take();
  await work();
  return proxy.take().length;
}

describe('storage requests of an orchestration', () => {
  it('are two for itself and one for each activity', async () => {
    expect(await count(() => app.run('chain', 10, { instanceId: 'chain10' }))).toBeLessThanOrEqual(
      14,
    );
  });

  it('are at most one for each activity that runs beside others', async () => {
    const input = Array.from({ length: 20 }, (_, index) => index);
    expect(
      await count(() => app.run('fanOut', input, { instanceId: 'fan20' })),
    ).toBeLessThanOrEqual(24);
  });

  it('are one for an external event', async () => {
    await app.start('events', 10, { instanceId: 'events10' });
    await delay(300);
    const requests = await count(async () => {
      for (let event = 0; event < 9; event += 1) {
        await app.call('raiseEvent', 'events10', 'event', event);
      }
    });
    expect(requests).toBe(9);
  });

  it('are none for a question after an instance that runs, and none while it waits', async () => {
    expect(await count(() => app.status('events10'))).toBe(0);
    expect(await count(() => delay(1_000))).toBe(0);
  });

  it('are two more for a sub-orchestration than its own', async () => {
    const child = { child: 'echoInput', input: 1, id: 'child-1' };
    const requests = await count(() => app.run('parent', child, { instanceId: 'parent-1' }));
    // Start, first episode, child's start and only episode, child's result, activity, last status.
    expect(requests).toBeLessThanOrEqual(7);
  });

  it('are two for each call of an entity', async () => {
    const input = { key: 'cost', times: 0 };
    const requests = await count(() => app.run('counting', input, { instanceId: 'calls-1' }));
    // Three calls beside start, first episode, an activity, the entity's first reading, last status.
    expect(requests).toBeLessThanOrEqual(11);
  });
});
