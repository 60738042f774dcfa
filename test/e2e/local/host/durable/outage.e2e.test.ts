import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAzurite, type RunningAzurite } from '../../../../support/azurite.ts';
import { startDurableApp, type DurableApp } from '../../../../support/host-apps/durable-fixture.ts';

let azurite: RunningAzurite;
let app: DurableApp;

beforeAll(async () => {
  azurite = await startAzurite();
  app = await startDurableApp({ storage: azurite.connection });
});

afterAll(async () => {
  await app.end();
  await azurite.stop();
});

describe('orchestrations whose storage is away', () => {
  it('wait for it, and lose and repeat nothing', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => app.start('steps', 30)));
    const child = await app.start('parent', { child: 'steps', input: 10 });
    await delay(100);
    await azurite.pause();
    await delay(1_500);
    const late = app.call('raiseEvent', ids[0] ?? '', 'ignored', 1);
    await azurite.restart();
    await late;
    for (const id of ids) expect((await app.finished(id)).output).toHaveLength(30);
    expect((await app.finished(child)).runtimeStatus).toBe('Completed');
    const runs = app.host.records<{ input: { id: string; step: number } }>('ran');
    const keys = runs.map(({ input }) => `${input.id}/${input.step}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
