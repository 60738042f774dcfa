/** Command: `npm run sagas`. Lists sagas by state and compares them with what participants keep. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../shared/kernel/time.ts';
import { runCommand } from './command-error.ts';
import { formatSagas } from './sagas/format-sagas.ts';
import { openClaims, openListing, openRecords } from './sagas/open-sagas.ts';
import { parseSagasOptions, sagasHelp, type SagasOptions } from './sagas/sagas-options.ts';
import { createSagaReader, type SagaReader } from './sagas/saga-reader.ts';
import { openStoredData } from './stored-data.ts';

/** Watching leaves the storage alone so many times longer than it takes to read, within limits. */
const restFactor = 9;
const restMs = { least: 1_000, most: 4_000 };

await runCommand(async () => {
  const options = parseSagasOptions(process.argv.slice(2));
  if (options !== 'help') return run(options);
  process.stdout.write(sagasHelp);
  return 0;
});

async function run({ mode, state, dataFolder }: SagasOptions): Promise<number> {
  const data = await openStoredData(dataFolder);
  try {
    const reader = createSagaReader({
      listing: await openListing(data.config),
      readOpen: await openClaims(data.config),
      readRecords: await openRecords(data.config),
      clock: systemClock,
    });
    if (mode === 'watch') return await watch(reader);
    const { report, listed } = await reader.read(state);
    const text = mode === 'json' ? toJson({ ...report, listed }) : formatSagas(report, listed);
    process.stdout.write(text);
    return report.invariants.violations.length === 0 ? 0 : 1;
  } finally {
    await data.close();
  }
}

function toJson(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

async function watch(reader: SagaReader): Promise<number> {
  const ended = new AbortController();
  process.stdin.once('end', () => {
    ended.abort();
  });
  process.stdin.resume();
  while (!ended.signal.aborted) {
    const startedAt = performance.now();
    process.stdout.write(toJson(await reader.glance()));
    const wanted = restFactor * (performance.now() - startedAt);
    const rest = Math.min(restMs.most, Math.max(restMs.least, wanted));
    await sleep(rest, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  return 0;
}
