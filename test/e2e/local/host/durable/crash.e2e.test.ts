import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDurableApp, type DurableApp } from '../../../../support/host-apps/durable-fixture.ts';

interface Recorded {
  readonly EventType: number;
  readonly EventId: number;
  readonly TaskScheduledId?: number;
  readonly TimerId?: number;
  readonly Name?: string;
}

/** The default. */
const hubExpiryMs = 15_000;

let app: DurableApp;

beforeAll(async () => {
  app = await startDurableApp();
});

afterAll(() => app.end());

/** Fails if a task was scheduled or completed twice. */
async function expectSoundHistory(id: string): Promise<void> {
  const response = await app.rpc('GET', `instances/${id}?showHistory=true`);
  const { historyEvents } = (await response.json()) as { historyEvents: Recorded[] };
  const scheduled = historyEvents.filter(({ EventId }) => EventId >= 0).map((each) => each.EventId);
  const ended = historyEvents.flatMap((each) => each.TaskScheduledId ?? each.TimerId ?? []);
  expect(new Set(scheduled).size).toBe(scheduled.length);
  expect(new Set(ended).size).toBe(ended.length);
  expect(scheduled).toEqual([...scheduled.keys()]);
}

describe('a killed host', () => {
  it('goes on with every instance where it stood, at whatever point it is killed', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => app.start('steps', 12)));
    for (let kill = 0; kill < 6; kill += 1) {
      await delay(40 + Math.random() * 160);
      await app.crash();
    }
    for (const id of ids) {
      const status = await app.finished(id);
      expect(status.output).toEqual(Array.from({ length: 12 }, (_, step) => step));
      await expectSoundHistory(id);
    }
  });

  it('is replaced at once, long before it would expire, with all that its instances wait for', async () => {
    const waiting = await app.start('events', 2);
    await app.call('raiseEvent', waiting, 'event', 'before');
    const racing = await app.start('race', { timeoutMs: 1_500, event: 'Reply' });
    const parent = await app.start('parent', { child: 'steps', input: 20 });
    await app.host.end('SIGKILL');
    const begin = Date.now();
    app.host = await app.startHost();
    expect(Date.now() - begin).toBeLessThan(hubExpiryMs);
    await app.call('raiseEvent', waiting, 'event', 'after');
    expect((await app.finished(waiting)).output).toEqual(['before', 'after']);
    expect((await app.finished(racing)).output).toBe('timeout');
    expect(await app.finished(parent)).toMatchObject({ runtimeStatus: 'Completed' });
  });

  it('handles each signal to an entity once', async () => {
    const key = `crash-${Date.now()}`;
    const ids: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      for (let count = 0; count < 4; count += 1) {
        ids.push(await app.start('counting', { key, times: 3 }));
      }
      await app.call('signalEntity', { name: 'Counter', key }, 'add', 1);
      await delay(Math.random() * 60);
      await app.crash();
    }
    for (const id of ids) await app.finished(id);
    const expected = ids.length * 13 + 4;
    const read = async (): Promise<unknown> =>
      (await app.call<{ entityState: unknown }>('readEntityState', { name: 'Counter', key }))
        .entityState;
    expect(await app.eventually(read, expected)).toBe(expected);
  });
});
