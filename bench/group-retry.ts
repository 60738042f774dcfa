import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateTables } from '../shared/config/state-tables.ts';
import { startChild } from '../test/support/child-process.ts';
import { recordRepaired, startGroupRetry } from '../test/support/dead-letters/group-retry.ts';
import { startRuntime, type Runtime } from '../test/support/runtime.ts';
import { countTableRequests } from './counting-proxy.ts';
import type { Bench } from './measurement.ts';

const count = 10_000;
const slice = 200;

/** A group of 10,000 dead letters is retried from the command line, stopped once and gone on with. */
export const groupRetry: Bench = {
  name: 'group-retry',
  run: async () => {
    const runtime = await startRuntime();
    const proxy = await countTableRequests(runtime.storage);
    const host = await startChild(['local/host/main.ts', '--app', '.', '--port', '0'], {
      ...runtime.settings,
      AzureWebJobsStorage: proxy.connection,
      StateStorage: proxy.connection,
    });
    const folder = await mkdtemp(join(tmpdir(), 'bronzeflow-bench-'));
    try {
      await writeFile(join(folder, 'runtime.json'), toRuntimeFile(runtime, host.ready['http']));
      await recordRepaired(runtime.storage, count);
      proxy.counts.clear();
      const startedAt = performance.now();
      const slices = await retryInTwoRuns(folder);
      const seconds = (performance.now() - startedAt) / 1_000;
      const requests = proxy.counts.get(stateTables.deadLetters) ?? 0;
      return [
        {
          what: `requests to the table of dead letters for each of ${count} that are retried`,
          value: requests / count,
          unit: 'requests',
          budget: 20,
          kind: 'most',
          detail: `${(count / seconds).toFixed(0)} letters/s in ${slices} slices of ${slice}, stopped once`,
        },
      ];
    } finally {
      await host.stop();
      await runtime.stop();
      proxy.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** How many slices showed their progress. */
async function retryInTwoRuns(folder: string): Promise<number> {
  const first = startGroupRetry(folder, slice);
  while (!/\d+ left/.test(first.said())) await sleep(50);
  first.interrupt();
  await first.done;
  const second = startGroupRetry(folder, slice);
  const code = await second.done;
  if (code !== 0 || !second.said().includes('; 0 left')) throw new Error(second.said().slice(-500));
  return [first, second].flatMap(({ said }) => said().match(/\d+ left/g) ?? []).length;
}

function toRuntimeFile(runtime: Runtime, http: unknown): string {
  return JSON.stringify({ pid: process.pid, ...runtime, http });
}
