import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDurableApp, type DurableApp } from '../../../../support/host-apps/durable-fixture.ts';

let app: DurableApp;

beforeAll(async () => {
  app = await startDurableApp();
});

afterAll(() => app.end());

let count = 0;
function newId(): string {
  count += 1;
  return `id-${count}`;
}

describe.concurrent('the client of Durable Functions', () => {
  it('cannot start what runs, and starts what has ended again, with a warning', async () => {
    const instanceId = newId();
    await app.start('events', 1, { instanceId });
    await expect(app.start('events', 1, { instanceId })).rejects.toThrow('409');
    await app.call('raiseEvent', instanceId, 'event', 'first');
    await app.finished(instanceId);
    await app.start('events', 1, { instanceId });
    expect(await app.status(instanceId)).toMatchObject({ output: null });
    await app.call('raiseEvent', instanceId, 'event', 'second');
    expect((await app.finished(instanceId)).output).toEqual(['second']);
    expect(app.host.output).toContain(`"${instanceId}" has been Completed and is started again`);
  });

  it('starts one of many at a time', async () => {
    const instanceId = newId();
    const starts = await Promise.allSettled(
      Array.from({ length: 20 }, () => app.start('events', 1, { instanceId })),
    );
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is told of unknown functions, ids and instances', async () => {
    await expect(app.start('missing')).rejects.toThrow('400');
    await expect(app.start('chain', 1, { instanceId: '@a@b' })).rejects.toThrow('400');
    await expect(app.status('nobody')).rejects.toThrow('404');
    await expect(app.call('raiseEvent', 'nobody', 'event', 1)).rejects.toThrow('No instance');
    await expect(app.call('terminate', 'nobody', 'why')).rejects.toThrow('No instance');
    await expect(app.call('rewind', 'nobody', 'why')).rejects.toThrow('not supported');
  });

  it('does not see that an event for an ended instance is lost, but the log does', async () => {
    const { instanceId } = await app.run('chain', 1);
    await app.call('raiseEvent', instanceId, 'event', 1);
    expect(app.host.output).toContain(`The event "event" for "${instanceId}" is lost`);
    expect((await app.rpc('POST', `instances/${instanceId}/raiseEvent/event`, '1')).status).toBe(
      410,
    );
    expect((await app.rpc('POST', `instances/${instanceId}/terminate`)).status).toBe(410);
  });

  it('suspends, resumes and terminates', async () => {
    const id = await app.start('events', 2);
    await app.call('suspend', id, 'wait');
    expect(await app.status(id)).toMatchObject({ runtimeStatus: 'Suspended' });
    await app.call('raiseEvent', id, 'event', 1);
    await app.call('raiseEvent', id, 'event', 2);
    expect(await app.status(id)).toMatchObject({ runtimeStatus: 'Suspended' });
    await app.call('resume', id, 'go');
    expect((await app.finished(id)).output).toEqual([1, 2]);
    const other = await app.start('events', 1);
    await app.call('terminate', other, 'no');
    expect(await app.status(other)).toMatchObject({ runtimeStatus: 'Terminated', output: 'no' });
  });

  it('purges what has ended, and only that', async () => {
    const { instanceId } = await app.run('chain', 2);
    const running = await app.start('events', 1);
    const purge = (id: string): Promise<unknown> => app.call('purgeInstanceHistory', id);
    expect(await purge(instanceId)).toEqual({ instancesDeleted: 1 });
    expect(await purge(instanceId)).toEqual({ instancesDeleted: 0 });
    expect(await purge(running)).toEqual({ instancesDeleted: 0 });
    await expect(app.status(instanceId)).rejects.toThrow('404');
    expect((await app.run('chain', 3, { instanceId })).output).toBe(6);
  });

  it('lists instances by state and time', async () => {
    const { instanceId } = await app.run('failing', 'x');
    const list = await app.call<{ instanceId: string }[]>('getStatusBy', {
      runtimeStatus: ['Failed'],
    });
    expect(list.map((each) => each.instanceId)).toContain(instanceId);
    const future = new Date(Date.now() + 60_000).toISOString();
    const none = await app.rpc('GET', `instances?createdTimeFrom=${future}`);
    expect(await none.json()).toEqual([]);
    expect((await app.rpc('GET', `instances?runtimeStatus=Odd`)).status).toBe(400);
  });

  it('shows the history with the numbers of the tasks', async () => {
    const { instanceId } = await app.run('chain', 2);
    const response = await app.rpc('GET', `instances/${instanceId}?showHistory=true`);
    const { historyEvents } = (await response.json()) as {
      historyEvents: { EventType: number; EventId: number; TaskScheduledId?: number }[];
    };
    const steps = historyEvents.map(({ EventType, EventId, TaskScheduledId }) =>
      [EventType, TaskScheduledId ?? EventId].join(),
    );
    expect(steps).toEqual([
      ...['12,-1', '0,-1', '4,0', '13,-1'],
      ...['12,-1', '5,0', '4,1', '13,-1'],
      ...['12,-1', '5,1', '13,-1', '1,-1'],
    ]);
  });

  it('gives links that lead back here', async () => {
    const id = await app.start('events', 1);
    const links = await app.call<Record<string, string>>('createHttpManagementPayload', id);
    const status = await fetch(links['statusQueryGetUri'] ?? '');
    expect([status.status, await status.json()]).toMatchObject([202, { instanceId: id }]);
    const event = (links['sendEventPostUri'] ?? '').replace('{eventName}', 'event');
    expect((await fetch(event, { method: 'POST', body: '{"a":1}' })).status).toBe(202);
    expect((await app.finished(id)).output).toEqual([{ a: 1 }]);
  });
});
