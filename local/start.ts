/** Command: `npm start`. Storage, broker, Functions host and a feed of events, on this machine. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedMessage } from './feed/feed-message.ts';
import { describeFeedProblems, parseFeed } from './feed/parse-feed.ts';
import { countByOrigin, publish } from './feed/publish.ts';
import { sampleDay } from './feed/sample-day/sample-day.ts';
import { hubs } from './launch/checkpoints.ts';
import { assembleCrew, type Crew } from './launch/crew.ts';
import { logFolderOf, prepareDataFolder, takeSampleDay } from './launch/data-folder.ts';
import { repository, type Foundation } from './launch/foundation.ts';
import { LaunchError } from './launch/launch-error.ts';
import { launchFoundation, launchHost } from './launch/launch.ts';
import { runUntilStopped } from './launch/run-until-stopped.ts';
import { parseStartOptions, startHelp, type StartOptions } from './start-options.ts';
import { observeBrokers } from './summary/broker-state.ts';
import { followVerdicts, type FollowResult } from './summary/follow.ts';
import { formatSummary } from './summary/format-summary.ts';
import { createProgressLine, type ProgressLine } from './summary/progress-line.ts';
import { parseReport, type StoredReport } from './summary/report-codec.ts';
import { findFaults, summarize, type Observation } from './summary/verdicts.ts';

const patienceMs = 60_000;
const pauseMs = 500;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

const options = parseStartOptions(process.argv.slice(2));
if (!options.ok) {
  process.stderr.write(`${options.problem}\n\n${startHelp}`);
  process.exitCode = 2;
} else if (options.value === 'help') {
  process.stdout.write(startHelp);
} else {
  await start(options.value);
}

async function start(value: StartOptions): Promise<void> {
  const crew = assembleCrew(logFolderOf(value.dataFolder));
  const exitCode = await runUntilStopped(crew, () => run(value, crew), complain);
  // Work that a signal has cut short may still wait for something.
  process.stdout.write('', () => process.exit(exitCode));
}

/** Resolves to the exit code, or to `stay` when the runtime is to stay up. */
async function run(options: StartOptions, crew: Crew): Promise<number | 'stay'> {
  const given = typeof options.feed === 'object' ? await readFeed(options.feed.file) : undefined;
  await prepareDataFolder(options.dataFolder, options);
  const { dataFolder, ports } = options;
  const launching = { crew, dataFolder, ports, env: process.env, say };
  const foundation = await launchFoundation(launching);
  const stored = await watchStoredData(crew, dataFolder);
  await launchHost(launching, foundation);
  const messages = given ?? (await chooseFeed(options));
  const result = await publishAndFollow(messages, { foundation, stored });
  return conclude(result, options);
}

async function readFeed(file: string): Promise<readonly FeedMessage[]> {
  const bytes = file === '-' ? await buffer(process.stdin) : await readFile(file).catch(unreadable);
  const feed = parseFeed(bytes);
  if (feed.ok) return feed.value;
  throw new LaunchError(`The feed is not published.\n${describeFeedProblems(feed.problem)}`);
}

function unreadable(error: unknown): never {
  throw new LaunchError(`The feed cannot be read: ${error instanceof Error ? error.message : ''}`);
}

async function chooseFeed({ feed, dataFolder }: StartOptions): Promise<readonly FeedMessage[]> {
  return feed === 'sample' ? sampleDay(await takeSampleDay(dataFolder)) : [];
}

interface StoredData {
  /** As they were before anything was published. */
  readonly before: StoredReport;
  readonly latest: () => StoredReport;
}

/** The reconcile command watches: this program knows nothing of how the application stores. */
async function watchStoredData(crew: Crew, dataFolder: string): Promise<StoredData> {
  let newest: StoredReport | undefined;
  const ready = await crew.start({
    name: 'reconcile',
    args: [join(repository, 'cli/reconcile.ts'), '--watch', '--data', dataFolder],
    onLine: (line) => {
      newest = parseReport(line);
    },
  });
  const before = parseReport(ready);
  return { before, latest: () => newest ?? before };
}

async function publishAndFollow(
  messages: readonly FeedMessage[],
  runtime: { readonly foundation: Foundation; readonly stored: StoredData },
): Promise<FollowResult> {
  const { foundation, stored } = runtime;
  const nowMs = (): number => performance.now();
  const startedAtMs = nowMs();
  const progress = createProgressLine(process.stdout, nowMs);
  await publish(messages, {
    ...foundation,
    onProgress: (sent) => {
      progress.show(`published ${sent} of ${messages.length} messages`);
    },
  });
  const observer = observeBrokers(hubs, foundation);
  try {
    return await followVerdicts({
      ...stored,
      observer,
      published: countByOrigin(messages),
      startedAtMs,
      patienceMs,
      nowMs,
      pause: () => sleep(pauseMs),
      onProgress: (observation) => {
        showVerdicts(progress, observation);
      },
    });
  } finally {
    progress.end();
    await observer.close();
  }
}

function showVerdicts(progress: ProgressLine, observation: Observation): void {
  const { received, landed, duplicate, deadLettered } = summarize(observation);
  const counts = `${landed} landed, ${duplicate} duplicate, ${deadLettered} dead-lettered`;
  const published = [...observation.published.values()].reduce((sum, count) => sum + count, 0);
  progress.show(`${received} of ${published} events have a verdict: ${counts}`);
}

async function conclude(
  { observation, missing }: FollowResult,
  { isOnce, summaryFile, dataFolder }: StartOptions,
): Promise<number | 'stay'> {
  const summary = summarize(observation);
  if (summaryFile !== undefined) {
    await mkdir(dirname(summaryFile), { recursive: true });
    await writeFile(summaryFile, `${JSON.stringify(summary, undefined, 2)}\n`);
  }
  const faults = missing.length > 0 ? [] : findFaults(observation);
  say(formatSummary({ summary, missing, faults }, dataFolder));
  if (isOnce) return missing.length + faults.length === 0 ? 0 : 1;
  say('Everything stays up until Ctrl-C.');
  return 'stay';
}
