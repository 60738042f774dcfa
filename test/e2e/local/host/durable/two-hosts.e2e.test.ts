import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { startDurableApp, type DurableApp } from '../../../../support/host-apps/durable-fixture.ts';
import type { HostProcess } from '../../../../support/host-apps/host-process.ts';

async function startTwo(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  settings: Record<string, string> = {},
): Promise<{ app: DurableApp; second: HostProcess }> {
  const app = await startDurableApp({ settings });
  const second = await app.startHost();
  onTestFinished(async () => {
    process.kill(app.host.pid, 'SIGCONT');
    await second.end();
    await app.end();
  });
  return { app, second };
}

interface Run {
  readonly input: { readonly id: string; readonly step: number };
}

/** How often each activity of the instances ran, over both hosts. */
function countRuns(hosts: readonly HostProcess[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { input } of hosts.flatMap((host) => host.records<Run>('ran'))) {
    const key = `${input.id}/${input.step}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

describe.concurrent('two hosts of one hub', () => {
  it('both take calls, and one of them runs the instances', async (test) => {
    const { app, second } = await startTwo(test);
    const [here, there] = await Promise.all([
      app.start('steps', 5),
      app.callAt<string>(second, 'startNew', 'steps', { input: 5 }),
    ]);
    for (const id of [here, there]) {
      expect((await app.finished(id)).output).toEqual([0, 1, 2, 3, 4]);
    }
    expect(await app.callAt(second, 'getStatus', here)).toMatchObject({ output: [0, 1, 2, 3, 4] });
    expect([...countRuns([app.host, second]).values()]).toEqual(Array<number>(10).fill(1));
    expect(second.records('ran')).toEqual([]);
  });

  it('lose nothing when the one that runs them is killed', async (test) => {
    const { app, second } = await startTwo(test);
    const ids = await Promise.all(Array.from({ length: 5 }, () => app.start('steps', 10)));
    await delay(100);
    await app.host.end('SIGKILL');
    app.host = second;
    for (const id of ids) {
      expect((await app.finished(id)).output).toHaveLength(10);
    }
  });

  it('go on when the one that runs them stops in order, without repeating anything', async (test) => {
    const { app, second } = await startTwo(test);
    const first = app.host;
    const ids = await Promise.all(Array.from({ length: 5 }, () => app.start('steps', 10)));
    await delay(100);
    await first.end();
    app.host = second;
    for (const id of ids) expect((await app.finished(id)).output).toHaveLength(10);
    const counts = countRuns([first, second]);
    expect(counts.size).toBe(50);
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
  });

  it('never commit a step twice when one hangs, is replaced, and wakes up again', async (test) => {
    const { app, second } = await startTwo(test, { LocalHost__HubExpiryMs: '1500' });
    const first = app.host;
    const ids = await Promise.all(Array.from({ length: 5 }, () => app.start('steps', 30)));
    await delay(100);
    process.kill(first.pid, 'SIGSTOP');
    app.host = second;
    await second.waitUntil(() => second.records('ran').length > 20, 'the second host to take over');
    process.kill(first.pid, 'SIGCONT');
    for (const id of ids) {
      expect((await app.finished(id)).output).toEqual(
        Array.from({ length: 30 }, (_, step) => step),
      );
      const response = await fetch(
        `${second.http}/runtime/webhooks/durabletask/instances/${id}?showHistory=true`,
      );
      const { historyEvents } = (await response.json()) as { historyEvents: { EventId: number }[] };
      const scheduled = historyEvents.map(({ EventId }) => EventId).filter((number) => number >= 0);
      expect(scheduled).toEqual([...scheduled.keys()]);
    }
    await first.waitUntil(
      () => first.output.includes('looks after the hub now'),
      'the first to see',
    );
    app.host = first;
    const id = await app.start('steps', 3);
    expect((await app.finished(id)).output).toEqual([0, 1, 2]);
    expect(first.records<Run>('ran').some(({ input }) => input.id === id)).toBe(false);
  });
});
