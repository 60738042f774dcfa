import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDeltaTable, eventDateRule } from '../support/delta-checker/check-table.ts';
import { blobTableFiles } from '../support/delta-checker/table-files.ts';
import type { LetterCounts } from '../../local/summary/report-codec.ts';
import type { SagaCounts } from '../../local/summary/saga-report-codec.ts';
import { salesOrder } from '../support/events.ts';
import { runNode, type NodeRun } from '../support/run-node.ts';
import { startStorageProcess } from '../support/storage-process.ts';

interface Counts {
  readonly received: number;
  readonly landed: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly parked: number;
}

interface Summary extends Counts {
  readonly bySource: Readonly<Record<string, Counts>>;
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly version: number }>>;
  readonly deadLetterCodes: Readonly<Record<string, number>>;
  readonly deadLetters: LetterCounts;
  readonly sagas: SagaCounts;
  readonly invariants: { readonly violations: number };
  readonly elapsedMs: number;
}

const relay = 'upstream-events/Subscriptions/bronze-relay';
let folder: string;
let data: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-start-'));
  data = ['--data', join(folder, 'data')];
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function start(args: readonly string[], input?: string): Promise<NodeRun> {
  const options = { expectFailure: true, ...(input !== undefined && { input }) };
  return runNode(['local/start.ts', ...args, ...data], options);
}

async function runOnce(args: readonly string[], input?: string): Promise<Summary> {
  const file = join(folder, 'summaries/summary.json');
  const { code, stderr, stdout } = await start(['--once', '--summary', file, ...args], input);
  expect([code, stderr], stdout).toEqual([0, '']);
  return JSON.parse(await readFile(file, 'utf8')) as Summary;
}

function sumOf(counts: Counts): number {
  return counts.landed + counts.duplicate + counts.deadLettered + counts.parked;
}

describe('npm start with --once', () => {
  let first: Summary;

  it('publishes the sample day and ends when every event has its verdict', async () => {
    first = await runOnce([]);
    expect(first.received).toBeGreaterThan(4_500);
    expect(first.received).toBe(sumOf(first));
    expect(Object.keys(first.bySource).toSorted()).toEqual(['events', relay]);
    for (const counts of Object.values(first.bySource)) expect(counts.received).toBe(sumOf(counts));
    expect(first.duplicate).toBeGreaterThan(0);
    expect(first.parked).toBe(0);
    const codes = Object.values(first.deadLetterCodes);
    expect(codes.reduce((sum, count) => sum + count, 0)).toBe(first.deadLettered);
    const rows = Object.values(first.tables).reduce((sum, table) => sum + table.rows, 0);
    const letters = first.tables['brz_event_dead_letter']?.rows ?? 0;
    expect(rows).toBe(first.landed + letters);
  }, 240_000);

  it('has every dead letter of the day in both tables, and tells people of them', () => {
    const { open, resolved, byCategory, alerts } = first.deadLetters;
    expect(first.tables['brz_event_dead_letter']?.rows).toBe(open);
    // What a person has to do for a saga is a dead letter too, and no event that was received.
    expect(open).toBeGreaterThanOrEqual(first.deadLettered + first.sagas.needsHuman);
    expect(resolved).toBe(0);
    const sum = Object.values(byCategory).reduce((total, count) => total + count, 0);
    expect(sum).toBe(open);
    const raised = alerts.map(({ rule, role, scope }) => `${rule} ${role} ${scope}`);
    expect(raised).toContain('any data-engineering total');
  });

  it('runs every order and every goods receipt of the day as a saga to a final state', () => {
    const { started, completed, compensated, needsHuman, running } = first.sagas;
    expect([started, running]).toEqual([170 + 40, 0]);
    expect(completed + compensated + needsHuman).toBe(started);
    expect(completed).toBeGreaterThan(started * 0.75);
    expect(compensated).toBeGreaterThan(5);
    expect(first.invariants).toEqual({ violations: 0 });
  });

  it('leaves tables that keep every rule of Delta, with each event once', async () => {
    const storage = await startStorageProcess(join(folder, 'data/storage'), 'test');
    const service = BlobServiceClient.fromConnectionString(storage.connection);
    for (const [table, { rows, version }] of Object.entries(first.tables)) {
      const isEvents = table !== 'brz_event_dead_letter';
      const files = blobTableFiles(service.getContainerClient('bronze'), `Tables/${table}`);
      const checked = await checkDeltaTable(files, {
        uniqueBy: isEvents ? ['event_source', 'event_id'] : ['dead_letter_id'],
        ...(isEvents && { partitionRules: eventDateRule }),
      });
      expect(checked.findings, table).toEqual([]);
      expect([checked.rowCount, checked.version], table).toEqual([rows, version]);
    }
    await storage.stop();
  }, 120_000);

  it('answers SQL and reconciles while nothing runs', async () => {
    const { stdout } = await runNode([
      ...['cli/sql.ts', '--json', ...data],
      'select count(*) as n, count(distinct device) as devices from (select event_subject as device from brz_event_iot_telemetry_created)',
    ]);
    const rows = first.tables['brz_event_iot_telemetry_created']?.rows;
    expect(JSON.parse(stdout)).toEqual([{ n: rows, devices: 24 }]);
    expect((await runNode(['cli/reconcile.ts', ...data])).stdout).toMatch(/\nReconciled: /);
    expect((await runNode(['cli/sagas.ts', ...data])).stdout).toMatch(/\nBalanced: .* 210 saga/);
  }, 60_000);

  it('keeps the data, counts the next run alone, and reads its feed from standard input', async () => {
    const [one, other] = [salesOrder(), salesOrder()];
    const lines = [one, other, one].map((event) => JSON.stringify(event));
    const viaTopic = { to: 'servicebus', mode: 'structured', event: salesOrder() };
    const feed = [...lines, JSON.stringify({ $send: viaTopic }), '', 'no event'].join('\n');
    const second = await runOnce(['--feed', '-'], feed);
    expect(second).toMatchObject({
      received: 5,
      landed: 3,
      duplicate: 1,
      deadLettered: 1,
      bySource: { events: { received: 4 }, [relay]: { received: 1, landed: 1 } },
      deadLetterCodes: { 'json.malformed': 1 },
      deadLetters: { open: first.deadLetters.open + 1, resolved: 0 },
      sagas: { started: 3, completed: 3, compensated: 0, needsHuman: 0, running: 0 },
      invariants: { violations: 0 },
    });
    const table = 'brz_event_erp_salesorder_created';
    expect(second.tables[table]?.rows).toBe((first.tables[table]?.rows ?? 0) + 3);
  }, 120_000);

  it('publishes another day to a folder that is kept', async () => {
    const next = await runOnce([]);
    expect(next.landed).toBeGreaterThan(4_500);
    const { stdout } = await runNode([
      ...['cli/sql.ts', '--json', ...data],
      'select count(distinct event_date) as days from brz_event_mes_shift_completed',
    ]);
    expect(JSON.parse(stdout)).toEqual([{ days: 2 }]);
  }, 240_000);

  it('starts afresh when that is asked for', async () => {
    const fresh = await runOnce(['--no-feed', '--fresh']);
    expect(fresh).toMatchObject({ received: 0, tables: {}, sagas: { started: 0, running: 0 } });
  }, 60_000);
});

describe('npm start with wrong arguments', () => {
  it('shows the help and starts nothing', async () => {
    const { code, stderr } = await start(['--colour']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--colour[^]*Usage: npm start/)]);
  });

  it('says that a feed cannot be read', async () => {
    const { code, stderr } = await start(['--feed', join(folder, 'nowhere.ndjson')]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('nowhere.ndjson')]);
  });
});

describe('npm start without --once', () => {
  interface Running {
    readonly pid: number;
    /** Addresses of its processes. */
    readonly addresses: readonly string[];
    readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
  }

  async function startAndWait(): Promise<Running> {
    const child = spawn(process.execPath, ['local/start.ts', '--no-feed', ...data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const addresses: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      addresses.push(...(line.match(/127\.0\.0\.1:\d+/g) ?? []));
      if (line.includes('until Ctrl-C')) break;
    }
    child.stdout.resume();
    return { pid: child.pid ?? 0, addresses, ended };
  }

  function listens(address: string): Promise<boolean> {
    const [host = '', port] = address.split(':');
    return new Promise((resolve) => {
      const socket = connect({ host, port: Number(port) });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
  }

  async function countListening({ addresses }: Running): Promise<number> {
    const answers = await Promise.all(addresses.map(listens));
    return answers.filter(Boolean).length;
  }

  it('stays up, lets nobody else have its folder, and leaves nothing behind at Ctrl-C', async () => {
    const running = await startAndWait();
    expect(running.addresses).toHaveLength(4);
    expect(await countListening(running)).toBe(4);

    const refused = await start(['--no-feed']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/in use by another/)]);
    expect((await runNode(['cli/reconcile.ts', ...data])).stdout).toMatch(/\nReconciled: /);

    process.kill(running.pid, 'SIGINT');
    expect(await running.ended).toEqual([0, null]);
    expect(await countListening(running)).toBe(0);
  }, 90_000);

  it('leaves no process behind when it is killed', async () => {
    const running = await startAndWait();
    process.kill(running.pid, 'SIGKILL');
    await running.ended;
    await expect.poll(() => countListening(running), { timeout: 20_000 }).toBe(0);
  }, 90_000);
});
