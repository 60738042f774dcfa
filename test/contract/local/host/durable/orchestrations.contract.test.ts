import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDurableApp, type DurableApp } from '../../../../support/host-apps/durable-fixture.ts';

let app: DurableApp;

beforeAll(async () => {
  app = await startDurableApp();
});

afterAll(() => app.end());

describe.concurrent('orchestrations in the embedded host', () => {
  it('run activities one after the other', async () => {
    const status = await app.run('chain', 5);
    expect(status).toMatchObject({
      ...{ name: 'chain', runtimeStatus: 'Completed', output: 15, input: 5 },
      customStatus: { step: 5 },
    });
  });

  it('run activities side by side, with results in the order of asking', async () => {
    const input = [1, 'two', { three: 3 }, null, [4], true, '5'];
    const status = await app.run('fanOut', input);
    expect(status.output).toEqual([1, 'two', { three: 3 }, 'nothing', [4], true, '5']);
  });

  it('see an event that comes before the timer, and are not held by the timer', async () => {
    const id = await app.start('race', { timeoutMs: 3_600_000, event: 'Reply' });
    await app.call('raiseEvent', id, 'Reply', { answer: 42 });
    const status = await app.finished(id);
    expect(status.output).toEqual({ reply: { answer: 42 }, after: 'after' });
  });

  it('see the timer when no event comes', async () => {
    const status = await app.run('race', { timeoutMs: 50, event: 'Reply' });
    expect(status.output).toBe('timeout');
  });

  it('keep events of one name until they are waited for, in order', async () => {
    const id = await app.start('events', 3);
    for (const value of ['a', { b: 1 }, null]) await app.call('raiseEvent', id, 'event', value);
    const status = await app.finished(id);
    expect(status.output).toEqual(['a', { b: 1 }, null]);
  });

  it('fail with the text of the error', async () => {
    const status = await app.run('failing', 'no luck');
    expect(status.runtimeStatus).toBe('Failed');
    expect(status.output).toContain("Orchestrator function 'failing' failed");
    expect(status.output).toContain("Activity function 'fail' failed: no luck");
  });

  it('catch the error of an activity', async () => {
    const status = await app.run('catching', 'no luck');
    expect(status.output).toContain("Activity function 'fail' failed: no luck \n ");
  });
});
