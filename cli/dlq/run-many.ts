import { toSlice, type SliceAnswer } from './answers-codec.ts';
import { toCommandLine } from './command-line.ts';
import type { DlqClient } from './dlq-client.ts';
import type { DlqOptions, Filter } from './dlq-options.ts';
import { formatOutcome } from './format-letters.ts';
import { isGood, runSlices } from './run-slices.ts';

interface ManyOptions extends DlqOptions {
  readonly target: { readonly filter: Filter };
}

const exitCodes = { done: 0, incomplete: 1 } as const;

/**
 * Decides about all letters that a filter lets through, slice by slice, with progress on standard
 * error. An interrupt lets the slice in flight end.
 */
export async function runMany(
  client: DlqClient,
  options: ManyOptions,
  args: readonly string[],
): Promise<number> {
  const { isJson, after } = options;
  const stop = watchForInterrupt();
  const { total, next } = await runSlices({
    ask: askerOf(client, options),
    after,
    isStopped: stop.isAsked,
    onSlice: (slice, counts) => {
      process.stdout.write(isJson ? `${JSON.stringify(slice)}\n` : formatBad(slice));
      process.stderr.write(`${describe(counts)}${describeRest(slice)}\n`);
    },
  }).finally(stop.forget);
  if (total.size === 0) process.stderr.write('There are no such dead letters.\n');
  if (next !== undefined) {
    process.stderr.write(`Stopped. To go on: ${toCommandLine(args, next)}\n`);
    return exitCodes.incomplete;
  }
  return [...total.keys()].every(isGood) ? exitCodes.done : exitCodes.incomplete;
}

function askerOf(client: DlqClient, options: ManyOptions) {
  const { verb, target, reason, limit, isDryRun } = options;
  const path = verb === 'retry' ? '/replay' : `/${verb}`;
  const body = {
    reason,
    filter: target.filter,
    ...(limit !== undefined && { limit }),
    ...(isDryRun && { dryRun: true }),
  };
  return async (continuation: string | undefined): Promise<SliceAnswer> => {
    const page = continuation === undefined ? {} : { continuation };
    return toSlice((await client.post(path, { ...body, ...page })).value);
  };
}

function formatBad({ outcomes }: SliceAnswer): string {
  return outcomes
    .filter(({ outcome }) => !isGood(outcome))
    .map(formatOutcome)
    .join('');
}

function describe(total: ReadonlyMap<string, number>): string {
  const counts = [...total].map(([outcome, count]) => `${count} ${outcome}`);
  return counts.length === 0 ? '0' : counts.join(', ');
}

function describeRest({ remaining }: SliceAnswer): string {
  return remaining === undefined ? '' : `; ${remaining} left`;
}

/** The first interrupt asks for an end; a second one ends the process as always. */
function watchForInterrupt() {
  let isAsked = false;
  const note = (): void => {
    isAsked = true;
    process.stderr.write('Stopping after the request in flight. Ctrl-C again ends at once.\n');
  };
  process.once('SIGINT', note);
  return {
    isAsked: () => isAsked,
    forget: () => {
      process.off('SIGINT', note);
    },
  };
}
