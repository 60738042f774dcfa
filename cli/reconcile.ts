/** Command: `npm run reconcile`. Compares verdicts, plans and tables from stored data alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './command-error.ts';
import { openDuck, readCheckpointRows } from './duck.ts';
import { openLake } from './lake.ts';
import { formatReport } from './reconcile/format-report.ts';
import { openLedger } from './reconcile/open-ledger.ts';
import { openLetters } from './reconcile/open-letters.ts';
import {
  parseReconcileOptions,
  reconcileHelp,
  type ReconcileOptions,
} from './reconcile/reconcile-options.ts';
import { createReconciler, type StoredReport } from './reconcile/reconciler.ts';
import { openContainer } from './storage-clients.ts';
import { openStoredData, type StoredData } from './stored-data.ts';

const watchIntervalMs = 1_000;

await runCommand(async () => {
  const options = parseReconcileOptions(process.argv.slice(2));
  if (options !== 'help') return run(options);
  process.stdout.write(reconcileHelp);
  return 0;
});

async function run({ mode, dataFolder }: ReconcileOptions): Promise<number> {
  const data = await openStoredData(dataFolder);
  const duck = await openDuck();
  try {
    const read = createReconciler({
      ledger: await openLedger(data.config),
      countLetters: await openLetters(data.config),
      log: {
        lake: await openBronze(data),
        readCheckpoint: (bytes) => readCheckpointRows(duck.connection, bytes),
      },
    });
    if (mode === 'watch') return await watch(read);
    const report = await read();
    process.stdout.write(mode === 'json' ? `${JSON.stringify(report)}\n` : formatReport(report));
    return report.isReconciled ? 0 : 1;
  } finally {
    duck.close();
    await data.close();
  }
}

async function openBronze({ config: { connections, bronze } }: StoredData) {
  return openLake(await openContainer(connections.bronzeStorage, bronze.container));
}

async function watch(read: () => Promise<StoredReport>): Promise<number> {
  const ended = new AbortController();
  process.stdin.once('end', () => {
    ended.abort();
  });
  process.stdin.resume();
  while (!ended.signal.aborted) {
    process.stdout.write(`${JSON.stringify(await read())}\n`);
    await sleep(watchIntervalMs, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  return 0;
}
