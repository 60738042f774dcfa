import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relayOrigin } from '../../functions/entities.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import { createTableDeadLetterDesk } from '../../shared/deadletter/table-dead-letters.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import type { RunningChild } from '../support/child-process.ts';
import {
  openDeadLetterClient,
  type DeadLetterClient,
  type ListedByHttp,
} from '../support/dead-letter-client.ts';
import { salesOrder } from '../support/events.ts';
import { createMemoryAnnouncements } from '../support/dead-letters/memory-announcements.ts';
import { runNode } from '../support/run-node.ts';
import { chaosSettings } from '../support/chaos-settings.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';

const kills = 6;
/** How long after it listens a host is killed in the midst of a replay. */
const lifeMs = { min: 150, max: 1_500 };
const patience = { timeout: 120_000, interval: 1_000 };

const events = Array.from({ length: 150 }, () => salesOrder());
const orders = Array.from({ length: 100 }, () => salesOrder());

let folder: string;
let runtime: Runtime;
let host: RunningChild;
let letters: DeadLetterClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-replay-chaos-'));
  const serviceBusConfig = join(folder, 'service-bus.json');
  const entities = await readFile('local/config/service-bus.json', 'utf8');
  await writeFile(serviceBusConfig, entities.replaceAll(/"PT1M"/g, '"PT5S"'));
  runtime = await startRuntime({
    serviceBusConfig,
    settings: {
      ...chaosSettings,
      settle_schedule: '*/5 * * * * *',
      dead_letter_entities: `${relayOrigin},orders`,
    },
  });
  await writeFile(join(folder, 'runtime.json'), JSON.stringify({ pid: process.pid, ...runtime }));
  await killMessages();
  host = await runtime.startHost();
  letters = openDeadLetterClient(() => String(host.ready['http']));
}, 120_000);

afterAll(async () => {
  await runtime.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** Nobody reads yet, so that everything expires. */
async function killMessages(): Promise<void> {
  const bus = new ServiceBusClient(runtime.serviceBus);
  const message = (event: object) => ({
    body: Buffer.from(JSON.stringify(event)),
    contentType: 'application/cloudevents+json',
    timeToLive: 200,
  });
  await bus.createSender('upstream-events').sendMessages(events.map(message));
  const sessions = orders.map((order) => ({ ...message(order), sessionId: order.subject }));
  await bus.createSender('orders').sendMessages(sessions);
  await sleep(500);
  await bus.close();
}

async function query<Row>(sql: string): Promise<readonly Row[]> {
  const run = await runNode(['cli/sql.ts', '--json', '--data', folder, sql], {
    expectFailure: true,
  });
  return run.code === 0 ? (JSON.parse(run.stdout) as Row[]) : [];
}

async function listAll(state: string): Promise<readonly ListedByHttp[]> {
  const found = await Promise.all([
    letters.list({ state, origin: relayOrigin }),
    letters.list({ state, origin: 'orders' }),
  ]);
  return found.flat();
}

/** Lists may be behind their letters for two minutes after a crash; the letters themselves are not. */
async function countOpen(): Promise<number> {
  const files = await Promise.all((await listAll('open')).map(({ id }) => letters.show(id)));
  return files.filter((file) => (file['resolution'] as { state: string }).state === 'open').length;
}

/** Does now what the timer does for lists that a crash has left behind for two minutes. */
async function healLists(): Promise<void> {
  const table = TableClient.fromConnectionString(runtime.storage, stateTables.deadLetters, {
    allowInsecureConnection: true,
  });
  const parts = { table, clock: systemClock, newId: randomUUID };
  const desk = createTableDeadLetterDesk({ ...parts, resolutions: createMemoryAnnouncements() });
  await desk.heal(systemClock.now());
}

/** Replays slices until the host dies or nothing is left. */
async function replayAll(): Promise<void> {
  let continuation: string | null = null;
  do {
    const request: object = { filter: {}, limit: 40, continuation };
    ({ continuation } = await letters.slice(request));
  } while (continuation !== null);
}

async function sagaStates(): Promise<readonly unknown[]> {
  const address = `${String(host.ready['http'])}/api/sagas`;
  return await Promise.all(
    orders.map(async ({ subject }) => {
      const saga = (await (await fetch(`${address}/${subject}`)).json()) as { state?: unknown };
      return saga.state;
    }),
  );
}

describe('a host that is killed again and again while it replays a group', () => {
  it('replays every letter, and each of them takes effect once', { timeout: 600_000 }, async () => {
    await expect.poll(() => listAll('open'), patience).toHaveLength(events.length + orders.length);
    for (let kill = 0; kill < kills; kill += 1) {
      const replaying = replayAll().catch(() => undefined);
      await sleep(randomInt(lifeMs.min, lifeMs.max));
      await host.kill();
      await replaying;
      host = await runtime.startHost();
    }
    await replayAll();
    expect(await countOpen()).toBe(0);

    const ids = events.map(({ id }) => `'${id}'`).join();
    const landed = (): Promise<readonly { n: number; ids: number }[]> =>
      query(
        'select count(*)::int n, count(distinct event_id)::int ids ' +
          `from brz_event_erp_salesorder_created where event_id in (${ids})`,
      );
    await expect.poll(landed, patience).toEqual([{ n: events.length, ids: events.length }]);
    await expect
      .poll(async () => new Set(await sagaStates()), patience)
      .toEqual(new Set(['completed']));

    const run = await runNode(['cli/sagas.ts', '--json', '--data', folder]);
    const { sagas, invariants } = JSON.parse(run.stdout) as {
      readonly sagas: object;
      readonly invariants: object;
    };
    expect(sagas).toMatchObject({ started: orders.length, completed: orders.length });
    expect(invariants).toMatchObject({ violations: [] });
    const reconciled = async (): Promise<unknown> => {
      const { stdout } = await runNode(['cli/reconcile.ts', '--json', '--data', folder], {
        expectFailure: true,
      });
      return (JSON.parse(stdout) as { readonly isReconciled: boolean }).isReconciled;
    };
    await expect.poll(reconciled, patience).toBe(true);
    await healLists();
    expect(await listAll('replayed')).toHaveLength(events.length + orders.length);
    expect(await listAll('open')).toEqual([]);
  });
});
