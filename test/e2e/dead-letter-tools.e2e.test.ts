import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventHubProducerClient } from '@azure/event-hubs';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateTables } from '../../shared/config/state-tables.ts';
import { createTableDeadLetterIntake } from '../../shared/deadletter/table-dead-letters.ts';
import { epochMs, systemClock } from '../../shared/kernel/time.ts';
import type { RunningChild } from '../support/child-process.ts';
import { sampleLetter } from '../support/dead-letters/sample-letters.ts';
import { runNode } from '../support/run-node.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';
import { startWebhookServer, type WebhookServer } from '../support/webhook-server.ts';

const hourMs = 3_600_000;
const patience = { timeout: 90_000, interval: 500 };
const type = 'com.acme.erp.order.created';

let folder: string;
let runtime: Runtime;
let webhook: WebhookServer;
let host: RunningChild;
let api: string;

beforeAll(async () => {
  webhook = await startWebhookServer();
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-dlq-'));
  const roles = ['data_engineering', 'on_call', 'data_steward', 'investigation'];
  runtime = await startRuntime({
    settings: {
      dead_letter_schedule: '*/2 * * * * *',
      ...Object.fromEntries(
        roles.map((role) => [`alert_webhook_${role}`, `${webhook.url}/${role}`]),
      ),
    },
  });
  host = await runtime.startHost();
  const http = String(host.ready['http']);
  api = `${http}/api/dead-letters`;
  await writeFile(
    join(folder, 'runtime.json'),
    JSON.stringify({ pid: process.pid, ...runtime, http }),
  );
}, 240_000);

afterAll(async () => {
  await runtime.stop();
  webhook.stop();
  await rm(folder, { recursive: true, force: true });
});

function told(role: string): readonly string[] {
  return webhook.received
    .filter(({ path, status }) => path === `/${role}` && status === 202)
    .map(({ heading, facts }) => `${heading} | ${facts['Of'] ?? ''}`);
}

/** Letters that died long ago, as the intake takes them. */
async function arrive(count: number): Promise<void> {
  const table = TableClient.fromConnectionString(runtime.storage, stateTables.deadLetters, {
    allowInsecureConnection: true,
  });
  const intake = createTableDeadLetterIntake({ table, clock: systemClock, newId: randomUUID });
  await intake.record(
    Array.from({ length: count }, (_, at) =>
      sampleLetter(`tool-${at}`, { deadLetteredAt: epochMs(Date.now() - 25 * hourMs + at) }),
    ),
  );
}

async function dlq(...args: readonly string[]) {
  return runNode(['cli/dlq.ts', ...args, '--data', folder], { expectFailure: true });
}

function signedIn(...roles: readonly string[]) {
  const claims = [{ typ: 'name', val: 'rita' }, ...roles.map((val) => ({ typ: 'roles', val }))];
  const principal = JSON.stringify({ name_typ: 'name', claims });
  return { headers: { 'x-ms-client-principal': Buffer.from(principal).toString('base64') } };
}

describe('alerts, to the webhook of each role', { timeout: 180_000 }, () => {
  it('tell data engineering of any dead letter (S0-35), again after a webhook has failed', async () => {
    webhook.fail(1);
    const hub = new EventHubProducerClient(runtime.eventHubs, 'events');
    await hub.sendBatch([{ body: Buffer.from('no event at all') }]);
    await hub.close();
    await expect.poll(() => webhook.received.map(({ status }) => status), patience).toEqual([500]);
    await expect
      .poll(() => told('data_engineering'), patience)
      .toEqual(['Alert: there are dead letters | all dead letters']);
  });

  it('escalate: on-call (S0-36), the data steward (S0-37), an investigation (S0-38)', async () => {
    await arrive(101);
    await expect
      .poll(() => told('on_call'), patience)
      .toEqual(['Alert: many dead letters in one hour | all dead letters']);
    await expect
      .poll(() => told('data_steward'), patience)
      .toEqual(['Alert: a dead letter waits for too long | all dead letters']);
    await expect
      .poll(() => told('investigation').toSorted(), patience)
      .toEqual([
        'Alert: dead letters far beyond the normal rate | all dead letters',
        'Alert: dead letters far beyond the normal rate | category schema',
        'Alert: dead letters far beyond the normal rate | origin events',
        expect.stringContaining('| type com.acme.erp.order.created') as string,
      ]);
    // More than ten times as deep as when it was raised: told again.
    await expect
      .poll(() => told('data_engineering').at(-1), patience)
      .toBe('Worse: there are dead letters | all dead letters');
  });
});

describe('the HTTP API and the command line', { timeout: 120_000 }, () => {
  it('answer 403 to whom App Service has signed in without a role, and read to a reader', async () => {
    const stranger = await fetch(api, signedIn('Other'));
    expect(stranger.status).toBe(403);
    expect(stranger.headers.get('content-type')).toBe('application/problem+json');
    expect(await stranger.json()).toMatchObject({ type: 'urn:bronzeflow:problem:role-missing' });
    expect((await fetch(api, signedIn('DeadLetters.Read'))).status).toBe(200);
    const operate = { method: 'POST', body: JSON.stringify({ reason: 'r', filter: {} }) };
    const refused = await fetch(`${api}/discard`, {
      ...operate,
      ...signedIn('DeadLetters.Read'),
    });
    expect(refused.status).toBe(403);
    expect(host.log()).toContain('"verb":"discard"');
    expect(host.log()).toContain('"outcome":"role-missing"');
  });

  it('list, group, show, note, discard about a version, and restore', async () => {
    const page = await dlq('list', '--type', type, '--limit', '2', '--json');
    const { deadLetters } = JSON.parse(page.stdout) as { deadLetters: readonly { id: string }[] };
    expect(deadLetters).toHaveLength(2);
    const id = deadLetters[0]?.id ?? '';
    expect((await dlq('groups')).stdout).toContain(`${type} schema.data.required:order_id`);
    const etag = (await fetch(`${api}/${id}`)).headers.get('etag') ?? '';
    expect((await dlq('show', id)).stdout).toContain(etag);
    const discard = ['discard', id, '--reason', 'a test', '--as', 'ada'];
    const decided = await dlq(...discard, '--if-match', etag);
    expect(decided).toMatchObject({ code: 0, stderr: '' });
    const late = await dlq(...discard, '--if-match', etag);
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('(412)') as string });
    await dlq('note', id, '--reason', 'asked the ERP team', '--as', 'eve');
    const restored = await dlq('restore', id, '--reason', 'a mistake', '--as', 'ada');
    expect(restored.stdout).toMatch(/discard by ada.*: a test/);
    expect(restored.stdout).toMatch(/note by eve.*: asked the ERP team/);
    expect(restored.stdout).toMatch(/restore by ada.*: a mistake/);
  });

  it('export all of them, streamed', async () => {
    const csv = await dlq('export', '--type', type);
    expect(csv.stdout.split('\r\n')).toHaveLength(103);
    const response = await fetch(`${api}/export?format=ndjson&type=${type}`);
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    expect(response.headers.get('content-length')).toBeNull();
    expect((await response.text()).trimEnd().split('\n')).toHaveLength(101);
    expect((await fetch(`${api}/export?format=xlsx`)).status).toBe(400);
  });

  it('discard a group in slices, restore it, and discard all there is', async () => {
    const group = `${type} schema.data.required:order_id`;
    const first = await dlq('discard', '--group', group, '--reason', 'r', '--limit', '60');
    expect(first).toMatchObject({ code: 0, stderr: '60 settled\n101 settled\n' });
    const restored = await dlq('restore', '--group', group, '--reason', 'a mistake');
    expect(restored).toMatchObject({ code: 0, stderr: '101 settled\n' });
    expect((await dlq('discard', '--reason', 'r')).code).toBe(2);
    const all = await dlq('discard', '--all', '--reason', 'the ERP team sends them again');
    expect(all).toMatchObject({ code: 0, stderr: '102 settled\n' });
    const left = JSON.parse((await dlq('list', '--json')).stdout) as { deadLetters: object[] };
    expect(left.deadLetters).toEqual([]);
  });
});

describe('alerts, once everything is settled', { timeout: 120_000 }, () => {
  it('resolve by themselves, and were raised once each time', async () => {
    await expect
      .poll(() => told('data_engineering').at(-1), patience)
      .toBe('Resolved: there are dead letters | all dead letters');
    await expect
      .poll(() => told('data_steward').at(-1), patience)
      .toBe('Resolved: a dead letter waits for too long | all dead letters');
    expect(told('on_call')).toHaveLength(1);
    // An alert is raised anew only after it was resolved.
    const taken = webhook.received.filter(({ status }) => status === 202);
    const alerts = Map.groupBy(taken, ({ path, facts }) => `${path} ${facts['Of'] ?? ''}`);
    for (const [alert, notices] of alerts) {
      const kinds = notices.map(({ heading }) => heading.split(':')[0]).join(' ');
      expect(kinds, alert).toMatch(/^(Alert( Worse)*( Resolved |$| Resolved$))+$/);
    }
  });
});
