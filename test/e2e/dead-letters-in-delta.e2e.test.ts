import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventHubProducerClient } from '@azure/event-hubs';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochMs } from '../../shared/kernel/time.ts';
import { encodeLetter } from '../../shared/messaging/dead-letters/letter-codec.ts';
import { findText } from '../support/bronze/scan-store.ts';
import type { RunningChild } from '../support/child-process.ts';
import { deadMessage } from '../support/dead-letters/dead-messages.ts';
import { salesOrder } from '../support/events.ts';
import { runNode } from '../support/run-node.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';

const dayMs = 86_400_000;
const patience = { timeout: 90_000, interval: 1_000 };
const secret = 'nobody may read this after two weeks';

let folder: string;
let runtime: Runtime;
let host: RunningChild;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-delta-'));
  const settings = { LocalHost__LoadBalancingIntervalMs: '200', clean_schedule: '*/4 * * * * *' };
  runtime = await startRuntime({ settings });
  await writeFile(join(folder, 'runtime.json'), JSON.stringify({ pid: process.pid, ...runtime }));
  host = await runtime.startHost();
}, 240_000);

afterAll(async () => {
  await runtime.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Somebody's message died so many days ago, and comes in now. */
async function die(sequenceNumber: number, daysAgo: number, event: object): Promise<void> {
  const deadLetteredAt = epochMs(Date.now() - daysAgo * dayMs);
  const body = Buffer.from(JSON.stringify(event));
  const letter = encodeLetter(deadMessage({ sequenceNumber, deadLetteredAt, body, origin: 'crm' }));
  const hub = new EventHubProducerClient(runtime.eventHubs, 'dead-letters');
  const properties = Object.fromEntries(letter.properties);
  await hub.sendBatch([{ body: Buffer.from(letter.body), properties }]);
  await hub.close();
}

interface Current {
  readonly dead_letter_id: string;
  readonly raw_payload: string | null;
  readonly resolution_state: string;
  readonly resolved_by: string | null;
}

async function current(eventId: string): Promise<Current | undefined> {
  const sql = `select * from brz_event_dead_letter_current where original_event_id = '${eventId}'`;
  const run = await runNode(['cli/sql.ts', '--json', '--data', folder, sql], {
    expectFailure: true,
  });
  return run.code === 0 ? (JSON.parse(run.stdout) as Current[])[0] : undefined;
}

async function decide(id: string, verb: string): Promise<void> {
  const response = await fetch(`${String(host.ready['http'])}/api/dead-letters/${id}/${verb}`, {
    method: 'POST',
    headers: { 'x-ms-client-principal-name': 'ada' },
    body: JSON.stringify({ reason: 'the order is a test' }),
  });
  expect([response.status, await response.text()]).toEqual([200, expect.anything()]);
}

/** Names of all blobs of the account's Bronze and payload containers that have the text. */
async function blobsWith(text: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const key of ['bronze_container', 'payload_container']) {
    const container = new ContainerClient(runtime.storage, runtime.settings[key] ?? '');
    if (!(await container.exists())) continue;
    const objects = [];
    for await (const { name } of container.listBlobsFlat()) {
      objects.push({ name, bytes: await container.getBlobClient(name).downloadToBuffer() });
    }
    found.push(...(await findText(objects, text)));
  }
  return found;
}

describe('dead letters in Delta', { timeout: 240_000 }, () => {
  it('say what people have decided', async () => {
    const event = { ...salesOrder(), note: 'young' };
    await die(1, 0, event);
    await expect
      .poll(() => current(event.id), patience)
      .toMatchObject({ resolution_state: 'open' });
    const { dead_letter_id: id = '' } = (await current(event.id)) ?? {};
    for (const [verb, state, by] of [
      ['discard', 'discarded', 'ada'],
      ['restore', 'open', null],
      ['discard', 'discarded', 'ada'],
    ] as const) {
      await decide(id, verb);
      await expect
        .poll(() => current(event.id), patience)
        .toMatchObject({ dead_letter_id: id, resolution_state: state, resolved_by: by });
    }
    expect(JSON.parse((await current(event.id))?.raw_payload ?? '')).toEqual(event);
  });

  it('lose their payload after the retention, and nothing else', async () => {
    const event = { ...salesOrder(), note: secret };
    await die(2, 15, event);
    await expect
      .poll(() => current(event.id), patience)
      .toMatchObject({ resolution_state: 'purged', resolved_by: 'retention', raw_payload: '' });
    await expect.poll(() => blobsWith(secret), patience).toEqual([]);
    expect((await blobsWith('young')).length).toBeGreaterThan(0);
  });

  it('agree with the plans', async () => {
    const reconciled = async () => {
      const run = await runNode(['cli/reconcile.ts', '--json', '--data', folder], {
        expectFailure: true,
      });
      return (JSON.parse(run.stdout) as { readonly isReconciled: boolean }).isReconciled;
    };
    await expect.poll(reconciled, patience).toBe(true);
  });
});
