import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, describe, it, vi } from 'vitest';
import { orderCreated, startSagaWorld, type SagaWorld } from '../../support/sagas/saga-world.ts';
import { steps } from '../../support/sagas/scenarios.ts';

/** Each order waits at another step, for as long as its participant is slow. */
const slowness = steps.map((command) => ({
  ...{ order: `kill-${command}`, command, behaviour: 'slow', ms: 5_000 },
}));
const orders = steps.map((step) => `kill-${step}`);
let folder: string;
let world: SagaWorld;

const eventually = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 90_000, interval: 300 });

/** Locks of a host that was killed last as long as they were granted for: here not a minute. */
async function writeBusConfig(): Promise<string> {
  const text = await readFile('local/config/service-bus.json', 'utf8');
  const path = join(folder, 'service-bus.json');
  await writeFile(path, text.replaceAll('"LockDuration": "PT1M"', '"LockDuration": "PT5S"'));
  return path;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-kill-'));
  world = await startSagaWorld(slowness, {
    serviceBusConfig: await writeBusConfig(),
    settings: {
      ...{ service_bus_lock_seconds: '5', inbox_lease_seconds: '1' },
      ...{ saga_step_timeout_seconds: '5', saga_step_attempts: '4' },
    },
  });
}, 60_000);

afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

async function untilSent(sagaId: string, step: string): Promise<void> {
  await eventually(async () => {
    const { timeline = [] } = (await world.show(sagaId)) ?? {};
    expect(timeline).toContainEqual(expect.objectContaining({ what: 'command-sent', step }));
  });
}

describe('a host that is killed while sagas wait at each of their steps', () => {
  it('leaves them to the next host, which completes each of them once', async () => {
    for (const orderId of orders) await world.publisher.toHub(orderCreated(orderId), orderId);
    await Promise.all(steps.map((step) => untilSent(`kill-${step}`, step)));
    await world.killHost();
    await eventually(async () => {
      const { sagas, active } = await world.reader.glance();
      expect(sagas, JSON.stringify(active)).toMatchObject({ started: steps.length, running: 0 });
    });
    const { sagas, invariants } = (await world.reader.read(undefined)).report;
    expect(sagas).toMatchObject({ completed: steps.length });
    expect(invariants).toMatchObject({ checked: steps.length, violations: [] });
  }, 150_000);
});
