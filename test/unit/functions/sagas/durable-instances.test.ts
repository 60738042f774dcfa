import { describe, expect, it } from 'vitest';
import type { DurableClient } from 'durable-functions';
import { createInstances } from '../../../../functions/sagas/durable-instances.ts';

type Client = Parameters<typeof createInstances>[0];

/** A client as the SDK makes it; its errors are words, as the SDK's are. */
function clientWith(overrides: {
  readonly status?: string;
  readonly startNew?: string;
  readonly raiseEvent?: string;
  readonly getStatus?: string;
}): Client {
  const fail = (words: string | undefined, answer: unknown) =>
    words === undefined ? Promise.resolve(answer) : Promise.reject(new Error(words));
  const status = { runtimeStatus: overrides.status ?? 'Running', customStatus: { phase: 'x' } };
  const client: Record<keyof Client, () => Promise<unknown>> = {
    startNew: () => fail(overrides.startNew, 'id'),
    raiseEvent: () => fail(overrides.raiseEvent, undefined),
    getStatus: () => fail(overrides.getStatus, status),
  };
  return client as unknown as Pick<DurableClient, keyof Client>;
}

const notFound = 'DurableClient error: Durable Functions extension replied with HTTP 404 response.';
const broken = 'The operation failed with an unexpected status code: 500.';
const down = { code: 'durable.unavailable', kind: 'transient' };

describe('the instances of the task hub', () => {
  it('take a start that is refused because the id runs already for done', async () => {
    for (const status of ['Running', 'Pending', 'Suspended']) {
      const instances = createInstances(clientWith({ startNew: broken, status }));
      await expect(instances.start('SO-1', {})).resolves.toBeUndefined();
    }
  });

  it('fail a start that is refused for any other reason', async () => {
    const ended = createInstances(clientWith({ startNew: broken, status: 'Completed' }));
    await expect(ended.start('SO-1', {})).rejects.toMatchObject(down);
    const missing = createInstances(clientWith({ startNew: broken, getStatus: notFound }));
    await expect(missing.start('SO-1', {})).rejects.toMatchObject(down);
    const dead = createInstances(clientWith({ startNew: broken, getStatus: broken }));
    await expect(dead.start('SO-1', {})).rejects.toMatchObject(down);
  });

  it('say of an event that was raised whether anybody reads it, which the SDK does not', async () => {
    const raise = (client: Client) => createInstances(client).raise('SO-1', {});
    expect(await raise(clientWith({}))).toBe('raised');
    expect(await raise(clientWith({ status: 'Completed' }))).toBe('ended');
    expect(await raise(clientWith({ status: 'Terminated' }))).toBe('ended');
    expect(await raise(clientWith({ raiseEvent: "No instance with ID 'SO-1' found." }))).toBe(
      'missing',
    );
    expect(await raise(clientWith({ getStatus: notFound }))).toBe('missing');
    await expect(raise(clientWith({ raiseEvent: broken }))).rejects.toMatchObject(down);
  });

  it('show the state and the view of a run, and none of one that is missing', async () => {
    const failed = createInstances(clientWith({ status: 'Failed' }));
    expect(await failed.status('SO-1')).toEqual({ state: 'failed', view: { phase: 'x' } });
    expect(await createInstances(clientWith({ getStatus: notFound })).status('x')).toBeUndefined();
  });
});
