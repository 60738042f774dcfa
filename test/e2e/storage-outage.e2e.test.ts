import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { salesOrder } from '../support/events.ts';
import { openPublisher, type Publisher } from '../support/publish.ts';
import { runNode } from '../support/run-node.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';

let folder: string;
let runtime: Runtime;
let publisher: Publisher;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-outage-'));
  runtime = await startRuntime({
    settings: { LocalHost__LoadBalancingIntervalMs: '200', LocalHost__OwnershipExpiryMs: '3000' },
  });
  publisher = openPublisher(runtime);
  await writeFile(
    join(folder, 'runtime.json'),
    JSON.stringify({ pid: process.pid, storage: runtime.storage, settings: runtime.settings }),
  );
}, 60_000);

afterAll(async () => {
  await publisher.close();
  await runtime.stop();
  await rm(folder, { recursive: true, force: true });
});

async function publish(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    await publisher.toHub(salesOrder(), `key ${sent}`);
    await publisher.toTopic(salesOrder());
  }
}

interface Reconciled {
  readonly landed: number;
  readonly inFlight: readonly unknown[];
  readonly isReconciled: boolean;
}

async function reconcile(): Promise<Reconciled> {
  const { stdout } = await runNode(['cli/reconcile.ts', '--json', '--data', folder], {
    expectFailure: true,
  });
  return JSON.parse(stdout) as Reconciled;
}

describe('storage that goes down and comes back', () => {
  it('delays events, and loses and doubles none', async () => {
    const host = await runtime.startHost();
    await publish(20);
    await expect.poll(reconcile, { timeout: 30_000 }).toMatchObject({ landed: 40 });

    await runtime.pauseStorage();
    await publish(20);
    await sleep(4_000);
    expect(host.log()).toMatch(
      /storage\.unavailable|lake\.unavailable|Waiting \d+ ms before retry/,
    );
    await runtime.restartStorage();

    await expect
      .poll(reconcile, { timeout: 90_000, interval: 1_000 })
      .toMatchObject({ landed: 80, inFlight: [], isReconciled: true });
    await host.stop();
  }, 180_000);
});
