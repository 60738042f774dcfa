import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDurableApp, type DurableApp } from '../../../../support/host-apps/durable-fixture.ts';

let app: DurableApp;

beforeAll(async () => {
  app = await startDurableApp();
});

afterAll(() => app.end());

interface EntityReading {
  readonly entityExists: boolean;
  readonly entityState?: unknown;
}

async function read(key: string): Promise<EntityReading> {
  return app.call('readEntityState', { name: 'Counter', key });
}

async function waitForState(key: string, state: unknown): Promise<void> {
  expect(await app.eventually(async () => (await read(key)).entityState, state)).toBe(state);
}

const signal = (key: string, operation: string, input?: unknown): Promise<unknown> =>
  app.call('signalEntity', { name: 'Counter', key }, operation, input);

describe.concurrent('entities in the embedded host', () => {
  it('do not exist before the first operation', async () => {
    expect(await read('nobody')).toEqual({ entityExists: false });
  });

  it('take the signals of clients in order', async () => {
    for (const amount of [1, 2, 3]) await signal('clients', 'add', amount);
    await waitForState('clients', 6);
  });

  it('answer the calls of orchestrations after the signals before them', async () => {
    const status = await app.run('counting', { key: 'calls', times: 5 });
    expect(status.output).toMatchObject({ sums: [15, 'beside'], value: 15 });
    expect(await read('calls')).toEqual({ entityExists: true, entityState: 15 });
  });

  it('handle every signal of many orchestrations once', async () => {
    const inputs = Array.from({ length: 10 }, () => ({ key: 'many', times: 3 }));
    await Promise.all(inputs.map((input) => app.run('counting', input)));
    expect((await read('many')).entityState).toBe(10 * 13);
  });

  it('get a signal that an orchestration sends at its very end', async () => {
    await app.run('signalLast', 'last');
    await waitForState('last', 1);
  });

  it('signal each other', async () => {
    await signal('source', 'add', 7);
    await signal('source', 'forward', 'sink');
    await waitForState('sink', 7);
  });

  it('end when they destroy themselves', async () => {
    await signal('brief', 'add', 1);
    await waitForState('brief', 1);
    await signal('brief', 'reset');
    const exists = async (): Promise<boolean> => (await read('brief')).entityExists;
    expect(await app.eventually(exists, false)).toBe(false);
  });

  it('refuse names that are none of the app', async () => {
    await expect(app.call('signalEntity', { name: 'Nobody', key: '1' }, 'add')).rejects.toThrow(
      '400',
    );
  });
});
