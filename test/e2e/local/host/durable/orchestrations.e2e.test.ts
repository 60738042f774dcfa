import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDurableApp, type DurableApp } from '../../../../support/host-apps/durable-fixture.ts';

let app: DurableApp;

const containing = (text: string): string => expect.stringContaining(text) as string;

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

  it('are told the input, and nothing of a version that they do not have', async () => {
    expect((await app.run('echoInput', { a: 1 })).output).toEqual({
      input: { a: 1 },
      version: null,
    });
    // The SDK sends an empty text where there is no input.
    expect((await app.run('echoInput')).output).toEqual({ input: '', version: null });
  });

  it('repeat a failing activity until it succeeds', async () => {
    const status = await app.run('retrying', { key: 'a', failures: 2, attempts: 5 });
    expect(status.output).toEqual({ attempt: 3, after: 'after' });
  });

  it('see the last error when all attempts have failed', async () => {
    const status = await app.run('retrying', { key: 'b', failures: 9, attempts: 3 });
    expect(status.output).toMatchObject({
      error: containing("Activity function 'flaky' failed: attempt 3 failed"),
      after: 'after',
    });
  });

  it('number the tasks of a retry beside a timer as the SDK does', async () => {
    const status = await app.run('retryingAny');
    expect(status.output).toEqual({ isCall: true, after: 'after' });
  });

  it('run sub-orchestrations and get their results', async () => {
    const status = await app.run('parent', { child: 'chain', input: 4 });
    expect(status.output).toEqual({ results: [10], after: 'after' });
  });

  it('give a sub-orchestration the id that they choose', async () => {
    const id = `child-${Date.now()}`;
    await app.run('parent', { child: 'echoInput', input: 'text', id });
    expect(await app.status(id)).toMatchObject({
      ...{ instanceId: id, runtimeStatus: 'Completed' },
      output: { input: 'text', version: null },
    });
  });

  it('see the failure of a sub-orchestration', async () => {
    const status = await app.run('parent', { child: 'failing', input: 'oh' });
    expect(status.output).toEqual({
      error: containing("Orchestrator function 'failing' failed"),
    });
  });

  it('repeat a failing sub-orchestration', async () => {
    const status = await app.run('parent', { child: 'failing', input: 'oh', retries: 3 });
    expect(status.output).toEqual({ error: containing("Activity function 'fail'") });
  });

  it('begin anew with the events that nobody has waited for', async () => {
    const id = await app.start('counterLoop', { left: 5, seen: [] });
    for (const event of [1, 2, 3, 4, 5]) await app.call('raiseEvent', id, 'tick', event);
    const status = await app.finished(id);
    expect(status.output).toEqual([1, 2, 3, 4, 5]);
  });

  it('begin anew with a text', async () => {
    expect((await app.run('textAgain')).output).toBe('done');
  });

  it('wait for timers that are longer than those of Node', async () => {
    const id = await app.start('timers', [50, 400 * 86_400_000]);
    const held = await app.until(id, () => app.host.output.includes('stays Running'));
    expect(held.runtimeStatus).toBe('Running');
    await app.call('terminate', id, 'enough');
    expect(await app.finished(id)).toMatchObject({
      ...{ runtimeStatus: 'Terminated', output: 'enough' },
    });
  });

  it('go on after a failed Task.all only when all have ended', async () => {
    const begin = Date.now();
    const status = await app.run('allFails', 400);
    expect(status.output).toBeGreaterThan(begin + 400);
    expect(app.host.output).toContain('went on after the first failure of Task.all');
  });

  it('race one wait for an event with one timer after the other', async () => {
    const id = await app.start('rerace');
    await app.until(id, () => app.host.records('nothing').length === 0);
    await new Promise((resolve) => setTimeout(resolve, 250));
    await app.call('raiseEvent', id, 'reply', 'late');
    const { output } = await app.finished(id);
    expect(output).toMatchObject({ reply: 'late', after: 1 });
    expect((output as { timeouts: number }).timeouts).toBeGreaterThan(0);
  });

  it('warn of a task that is asked for again in a second Task.any', async () => {
    await app.run('sentAgain');
    expect(app.host.output).toContain('"wait" is asked for again');
  });

  it('fail clearly where the app or the host lacks something', async () => {
    expect(await app.run('unknownActivity')).toMatchObject({
      runtimeStatus: 'Failed',
      output: containing("The function 'missing' doesn't exist"),
    });
    expect(await app.run('http')).toMatchObject({
      runtimeStatus: 'Failed',
      output: containing('callHttp is not available'),
    });
  });

  it('take values of any length', async () => {
    for (const length of [40_000, 200_000]) {
      const text = 'ü€😀'.repeat(length / 4);
      const status = await app.run('big', text);
      expect(status.runtimeStatus).toBe('Completed');
      expect(status.output).toBe(text + text);
      expect(status.customStatus).toBe(text);
      await app.call('purgeInstanceHistory', status.instanceId);
      await expect(app.status(status.instanceId)).rejects.toThrow('404');
    }
  });
});
