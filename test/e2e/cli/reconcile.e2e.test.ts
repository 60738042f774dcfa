import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateTables } from '../../../shared/config/state-tables.ts';
import { createTableLedger } from '../../../shared/ledger/table-ledger.ts';
import type { Head, Ledger, Plan } from '../../../shared/ports/ledger.ts';
import { commitBytes, commitPath, metaData, protocol } from '../../support/hand-made-table.ts';
import {
  createContainer,
  localSettings,
  makeDataFolder,
  uploadTable,
  type LocalData,
} from '../../support/local-data.ts';
import { deadLettered, duplicate, landedIn, planOf, someAuthor } from '../../support/plans.ts';
import { runNode } from '../../support/run-node.ts';
import { startStorageProcess, type RunningStorage } from '../../support/storage-process.ts';

const author = someAuthor();
const orders = 'brz_event_erp_order_created';
let folder: string;
let data: LocalData;
let storage: RunningStorage;
let ledger: Ledger;
let container: Awaited<ReturnType<typeof createContainer>>;
let head: Head;

/** A storage of its own: the name of the ledger's table is fixed. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-reconcile-'));
  storage = await startStorageProcess(folder, 'test');
  data = await makeDataFolder({
    storage: storage.connection,
    pid: process.pid,
    settings: localSettings('bronze'),
  });
  container = await createContainer(storage.connection, 'bronze');
});

afterAll(async () => {
  await storage.stop();
  await data.remove();
  await rm(folder, { recursive: true, force: true });
});

/** A commit that lands rows of the author up to a sequence number. */
function landing(rows: number, through: number): Uint8Array {
  const add = {
    path: `event_date=2026-05-01/${randomUUID()}.parquet`,
    partitionValues: { event_date: '2026-05-01' },
    size: 1,
    modificationTime: 0,
    dataChange: true,
    stats: JSON.stringify({ numRecords: rows }),
  };
  return commitBytes({ txn: { appId: author, version: through } }, { add });
}

async function land(table: string, commits: readonly Uint8Array[]): Promise<void> {
  const files = commits.map((bytes, index) => [commitPath(index), bytes] as const);
  await uploadTable(container, table, new Map(files));
}

const created = (): Uint8Array =>
  commitBytes(protocol, metaData('event_id string', 'event_date date'));

async function plan(next: Plan, settled: number): Promise<void> {
  const result = await ledger.append(author, head, { plan: next, settled });
  if (typeof result === 'string') throw new Error(result);
  head = result;
}

async function run(...args: readonly string[]) {
  const result = await runNode(['cli/reconcile.ts', ...args, '--data', data.folder], {
    expectFailure: true,
  });
  expect(result.stderr).toBe('');
  return result;
}

describe('npm run reconcile', () => {
  it('is content with a runtime that has received nothing', async () => {
    const { code, stdout } = await run('--json');
    expect(JSON.parse(stdout)).toMatchObject({ received: 0, isReconciled: true, tables: {} });
    expect(code).toBe(0);
  });

  it('proves the identity from plans and tables, with what is in flight', async () => {
    const options = { allowInsecureConnection: true };
    const table = TableClient.fromConnectionString(storage.connection, stateTables.ledger, options);
    await table.createTable();
    ledger = createTableLedger(table);
    head = await ledger.open(author, -1);
    await plan(planOf(0, [landedIn(orders), duplicate, deadLettered('json.malformed')]), -1);
    await plan(planOf(3, [landedIn(orders), landedIn(orders)]), 2);
    await land(orders, [created(), landing(1, 0)]);
    await land('brz_event_dead_letter', [created(), landing(1, 2)]);

    const { code, stdout } = await run('--json');
    expect(JSON.parse(stdout)).toMatchObject({
      isReconciled: true,
      received: 5,
      landed: 3,
      duplicate: 1,
      deadLettered: 1,
      deadLetterCodes: { 'json.malformed': 1 },
      tables: { [orders]: { rows: 1, version: 1 } },
      inFlight: [{ author, first: 3, last: 4 }],
    });
    expect(code).toBe(0);
  });

  it('prints a line each second while it watches, and ends with its standard input', async () => {
    const child = spawn(process.execPath, ['cli/reconcile.ts', '--watch', '--data', data.folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const read = async (): Promise<{ inFlight: unknown[]; tables: Record<string, unknown> }> =>
      JSON.parse(String((await lines.next()).value)) as never;
    expect((await read()).inFlight).toHaveLength(1);
    await uploadTable(container, orders, new Map([[commitPath(2), landing(2, 4)]]));
    let report = await read();
    while (report.inFlight.length > 0) report = await read();
    expect(report.tables).toMatchObject({ [orders]: { rows: 3, version: 2 } });
    child.stdin.end();
    expect(await exited).toEqual([0, null]);
  });

  it('fails with the range that is called settled and has not landed', async () => {
    await plan(planOf(5, [landedIn(orders), landedIn(orders)]), 6);
    const { code, stdout } = await run();
    expect(stdout).toMatch(/NOT reconciled[^]*not-landed: .*events.* 5\.\.6: /);
    expect(code).toBe(1);
  });
});
