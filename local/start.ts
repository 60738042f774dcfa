/** Command: `npm start`. Storage, broker, Functions host and a feed of events, on this machine. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAlertSink } from './alerts/alert-sink.ts';
import type { FeedMessage } from './feed/feed-message.ts';
import { describeFeedProblems, parseFeed } from './feed/parse-feed.ts';
import { countByOrigin, publish } from './feed/publish.ts';
import { sampleDay } from './feed/sample-day/sample-day.ts';
import { hubs } from './launch/checkpoints.ts';
import { assembleCrew, type Crew } from './launch/crew.ts';
import { logFolderOf, prepareDataFolder, takeSampleDay } from './launch/data-folder.ts';
import type { Foundation } from './launch/foundation.ts';
import { LaunchError } from './launch/launch-error.ts';
import { launchFoundation, launchHost } from './launch/launch.ts';
import { runUntilStopped } from './launch/run-until-stopped.ts';
import { sampleDaySettings } from './launch/sample-day-settings.ts';
import { watchStoredData, type WatchedData } from './launch/watch-stored-data.ts';
import { parseStartOptions, startHelp, type StartOptions } from './start-options.ts';
import { observeBrokers } from './summary/broker-state.ts';
import { followVerdicts, type FollowResult } from './summary/follow.ts';
import { formatSummary } from './summary/format-summary.ts';
import { createProgressLine, type ProgressLine } from './summary/progress-line.ts';
import { observeSagaFlow, sagaGroupOf } from './summary/saga-flow.ts';
import { findFaults, summarize, type Observation } from './summary/verdicts.ts';

const patienceMs = 60_000;
const pauseMs = 500;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
/** In place of the progress that a terminal shows; it is shown again below. */
const sayBetween = (line: string): void => {
  say(process.stdout.isTTY ? `\r\u001b[K${line}` : line);
};
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
  const sink = await startAlertSink(sayBetween);
  const defaults = { ...sink, ...(options.feed === 'sample' ? sampleDaySettings : {}) };
  const launching = { crew, dataFolder, ports, env: process.env, defaults, say };
  const foundation = await launchFoundation(launching);
  const stored = await watchStoredData(crew, dataFolder);
  const http = await launchHost(launching, foundation);
  const messages = given ?? (await chooseFeed(options));
  const result = await publishAndFollow(messages, { foundation, stored });
  return conclude(result, options, http);
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

async function publishAndFollow(
  messages: readonly FeedMessage[],
  runtime: { readonly foundation: Foundation; readonly stored: WatchedData },
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
  const flowObserver = observeSagaFlow({
    ...foundation,
    consumerGroup: sagaGroupOf(foundation.settings),
  });
  try {
    return await followVerdicts({
      ...stored,
      observer,
      flowObserver,
      published: countByOrigin(messages),
      startedAtMs,
      patienceMs,
      nowMs,
      epochMs: () => Date.now(),
      pause: () => sleep(pauseMs),
      onProgress: (observation) => {
        showVerdicts(progress, observation);
      },
    });
  } finally {
    progress.end();
    await observer.close();
    await flowObserver.close();
  }
}

function showVerdicts(progress: ProgressLine, observation: Observation): void {
  const { received, landed, duplicate, deadLettered, sagas } = summarize(observation);
  const counts = `${landed} landed, ${duplicate} duplicate, ${deadLettered} dead-lettered`;
  const ended = `${sagas.started - sagas.running} of ${sagas.started} sagas have ended`;
  const published = [...observation.published.values()].reduce((sum, count) => sum + count, 0);
  progress.show(`${received} of ${published} events have a verdict: ${counts}; ${ended}`);
}

async function conclude(
  { observation, missing }: FollowResult,
  { isOnce, summaryFile, dataFolder }: StartOptions,
  http: string,
): Promise<number | 'stay'> {
  const summary = summarize(observation);
  if (summaryFile !== undefined) {
    await mkdir(dirname(summaryFile), { recursive: true });
    await writeFile(summaryFile, `${JSON.stringify(summary, undefined, 2)}\n`);
  }
  const faults = missing.length > 0 ? [] : findFaults(observation);
  const whereabouts = { dataFolder, http: isOnce ? undefined : http };
  say(formatSummary({ summary, missing, faults }, whereabouts));
  if (isOnce) return missing.length + faults.length === 0 ? 0 : 1;
  say('Everything stays up until Ctrl-C.');
  return 'stay';
}
