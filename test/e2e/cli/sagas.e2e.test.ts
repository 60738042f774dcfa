import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SagaReport } from '../../../cli/sagas/saga-report.ts';
import { stateTables } from '../../../shared/config/state-tables.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { ListedSaga } from '../../../shared/ports/saga-listing.ts';
import { createTableSagaListing } from '../../../shared/sagas/table-saga-listing.ts';
import { createTableSagaStore } from '../../../shared/sagas/table-saga-store.ts';
import { keptOf, type PlayedOrder } from '../../support/kept-records.ts';
import { localSettings, makeDataFolder, type LocalData } from '../../support/local-data.ts';
import { runNode } from '../../support/run-node.ts';
import { startStorageProcess, type RunningStorage } from '../../support/storage-process.ts';

let folder: string;
let data: LocalData;
let storage: RunningStorage;

/** A storage of its own: the names of the tables are fixed. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-sagas-'));
  storage = await startStorageProcess(folder, 'test');
  data = await makeDataFolder({
    storage: storage.connection,
    pid: process.pid,
    settings: localSettings('bronze'),
  });
});

afterAll(async () => {
  await storage.stop();
  await data.remove();
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]) {
  const result = await runNode(['cli/sagas.ts', ...args, '--data', data.folder], {
    expectFailure: true,
  });
  expect(result.stderr).toBe('');
  return result;
}

async function readJson(...args: readonly string[]): Promise<SagaReport> {
  return JSON.parse((await run('--json', ...args)).stdout) as SagaReport;
}

async function openTable(name: string): Promise<TableClient> {
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(storage.connection, name, options);
  await table.createTable();
  return table;
}

const startedAt = epochMs(Date.UTC(2026, 10, 21));
const definition = 'order-fulfilment';
let listing: ReturnType<typeof createTableSagaListing>;
let participants: TableClient;

async function list(sagaId: string, phase: ListedSaga['phase'], reason = ''): Promise<void> {
  const saga = { sagaId, definition, variant: 'orchestration', phase, reason } as const;
  await listing.move({ ...saga, startedAt, changedAt: epochMs(Date.now()) }, undefined);
}

async function keep(sagaId: string, played: PlayedOrder): Promise<void> {
  for (const { records } of keptOf(sagaId, played)) {
    const [[name, record] = []] = Object.entries(records);
    const entity = { partitionKey: `${String(name)}-0f`, rowKey: sagaId };
    await participants.upsertEntity({ ...entity, record: JSON.stringify(record) });
  }
}

const undone = ['create-order', 'reserve-stock', 'charge-payment'];

describe('npm run sagas', () => {
  it('is content with a runtime that has started none', async () => {
    const { code, stdout } = await run();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^total +0 +0 +0 +0 +0$/m)]);
  });

  it('lists sagas by state and finds money, stock and parcels balanced', async () => {
    listing = createTableSagaListing(await openTable(stateTables.sagaListing));
    participants = await openTable(stateTables.participants);
    await list('SO-1', 'completed');
    await keep('SO-1', { through: 'complete-order' });
    await list('SO-2', 'compensated', 'payment.declined');
    await keep('SO-2', { through: 'charge-payment', undone });
    await list('SO-3', 'running');
    await keep('SO-3', { through: 'charge-payment' });

    expect(await readJson()).toMatchObject({
      sagas: { started: 3, completed: 1, compensated: 1, needsHuman: 0, running: 1 },
      reasons: { 'payment.declined': 1 },
      active: [{ sagaId: 'SO-3', phase: 'running' }],
      invariants: { checked: 3, violations: [] },
    });
    const { code, stdout } = await run('--state', 'compensated');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^SO-2 +order-fulfilment/m)]);
    expect(stdout).toMatch(/^EUR charged +361\.5 +120\.5 +241$/m);
  });

  it('prints a line each second while it watches, with the balance once all have ended', async () => {
    const child = spawn(process.execPath, ['cli/sagas.ts', '--watch', '--data', data.folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const read = async (): Promise<SagaReport> =>
      JSON.parse(String((await lines.next()).value)) as SagaReport;
    const before = await read();
    expect(before.sagas.running).toBe(1);
    expect(before).not.toHaveProperty('invariants');
    await keep('SO-3', { through: 'complete-order' });
    await list('SO-3', 'completed');
    let report = await read();
    while (report.sagas.running > 0) report = await read();
    expect(report).toMatchObject({
      sagas: { started: 3, completed: 2, running: 0 },
      invariants: { checked: 3, violations: [] },
    });
    expect(report.readAt).toBeGreaterThan(before.readAt);
    child.stdin.end();
    expect(await exited).toEqual([0, null]);
  });

  it('counts a saga that is claimed and not listed yet', async () => {
    const store = createTableSagaStore(await openTable(stateTables.sagas));
    await store.insert({
      ...{ sagaId: 'SO-4', definition, phase: 'claimed', facts: {}, claimedAt: startedAt },
      startedBy: { source: '/erp', id: 'e-1' },
    });
    const { sagas, active } = await readJson();
    expect(sagas).toMatchObject({ started: 4, running: 1 });
    expect(active).toMatchObject([{ sagaId: 'SO-4', phase: 'running' }]);
  });

  it('fails with the saga whose final state its participants contradict', async () => {
    await list('SO-5', 'compensated', 'step.timeout');
    await keep('SO-5', { through: 'charge-payment', undone: ['reserve-stock'] });
    const { code, stdout } = await run();
    expect(stdout).toMatch(/NOT balanced, \d violation[^]*SO-5: charged 120\.5 EUR, neither/);
    expect(code).toBe(1);
  });

  it('says what is wrong with its arguments', async () => {
    const args = ['cli/sagas.ts', '--state', 'lost', '--data', data.folder];
    const { code, stderr } = await runNode(args, { expectFailure: true });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--state[^]*Usage: npm run sagas/)]);
  });
});
