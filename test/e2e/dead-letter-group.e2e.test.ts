import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recordRepaired,
  repairedGroup,
  startGroupRetry,
} from '../support/dead-letters/group-retry.ts';
import { runNode } from '../support/run-node.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';

const count = 400;
const slice = 40;

let folder: string;
let runtime: Runtime;
let events: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-group-'));
  runtime = await startRuntime();
  const host = await runtime.startHost();
  const http = String(host.ready['http']);
  const facts = { pid: process.pid, ...runtime, http };
  await writeFile(join(folder, 'runtime.json'), JSON.stringify(facts));
  events = await recordRepaired(runtime.storage, count);
}, 120_000);

afterAll(async () => {
  await runtime.stop();
  await rm(folder, { recursive: true, force: true });
});

async function open(): Promise<number> {
  const { stdout } = await runNode(['cli/dlq.ts', 'groups', '--json', '--data', folder]);
  const { groups } = JSON.parse(stdout) as {
    readonly groups: readonly {
      readonly failureGroup: string;
      readonly counts: { open: number };
    }[];
  };
  return groups.find(({ failureGroup }) => failureGroup === repairedGroup)?.counts.open ?? 0;
}

async function landed(): Promise<readonly string[]> {
  const sql = 'select event_id from brz_event_erp_salesorder_created order by event_id';
  const run = await runNode(['cli/sql.ts', '--json', '--data', folder, sql], {
    expectFailure: true,
  });
  if (run.code !== 0) return [];
  return (JSON.parse(run.stdout) as { event_id: string }[]).map(({ event_id }) => event_id);
}

describe('a group of dead letters that is retried from the command line', () => {
  it('shows progress, is stopped, and is gone on with where it stopped', async () => {
    expect(await open()).toBe(count);
    const first = startGroupRetry(folder, slice);
    await expect.poll(first.said, { timeout: 30_000 }).toMatch(/\d+ replayed; \d+ left/);
    first.interrupt();
    expect(await first.done).toBe(1);
    expect(first.said()).toContain('To go on: npm run dlq -- retry');
    const left = await open();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(count);
    expect((count - left) % slice).toBe(0);

    const second = startGroupRetry(folder, slice);
    expect(await second.done).toBe(0);
    expect(second.said()).toContain(`${left} replayed; 0 left`);
    expect(await open()).toBe(0);
    await expect.poll(landed, { timeout: 60_000, interval: 1_000 }).toEqual(events.toSorted());
  }, 180_000);
});
