import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { CommandError } from '../command-error.ts';
import { toGroups, toLetter, toPage, toSlice, type SliceAnswer } from './answers-codec.ts';
import type { Answer, DlqClient } from './dlq-client.ts';
import type { DlqOptions } from './dlq-options.ts';
import { formatGroups, formatLetter, formatOutcome, formatPage } from './format-letters.ts';
import { toCommandLine } from './command-line.ts';
import { runMany } from './run-many.ts';
import { isGood } from './run-slices.ts';

type Run = (client: DlqClient, options: DlqOptions, args: readonly string[]) => Promise<number>;

/** Does what was asked; resolves to the exit code. Errors: `CommandError`. */
export const runVerb: Run = (client, options, args) => verbs[options.verb](client, options, args);

const verbs: Readonly<Record<DlqOptions['verb'], Run>> = {
  list,
  groups: async (client, options) =>
    print(options, await client.get('/groups'), ({ value }) => formatGroups(toGroups(value))),
  show: async (client, options) =>
    print(options, await client.get(`/${idOf(options)}`), showLetter),
  export: writeExport,
  retry: decide,
  edit: decide,
  discard: decide,
  restore: decide,
  note: decide,
};

async function list(
  client: DlqClient,
  options: DlqOptions,
  args: readonly string[],
): Promise<number> {
  const { state, after, limit } = options;
  const page = { state, continuation: after, pageSize: limit?.toString() };
  return print(options, await client.get('', { ...filterOf(options), ...page }), ({ value }) => {
    const answer = toPage(value);
    const { continuation } = answer;
    const more = continuation === null ? '' : `More: ${toCommandLine(args, continuation)}\n`;
    return `${formatPage(answer)}${more}`;
  });
}

async function decide(
  client: DlqClient,
  options: DlqOptions,
  args: readonly string[],
): Promise<number> {
  const { target } = options;
  return 'id' in target
    ? await decideOne(client, options)
    : await runMany(client, { ...options, target }, args);
}

async function decideOne(client: DlqClient, options: DlqOptions): Promise<number> {
  const { verb, reason, ifMatch, isDryRun, patch } = options;
  const path = `/${idOf(options)}`;
  if (verb !== 'retry' && verb !== 'edit') {
    const answer = await client.post(`${path}/${verb}`, { reason }, ifMatch);
    return print(options, answer, showLetter);
  }
  const body = {
    reason,
    ...(isDryRun && { dryRun: true }),
    ...(patch.length > 0 && { patch }),
  };
  const answer = await client.post(`${path}/replay`, body, ifMatch);
  const slice = toSlice(answer.value);
  print(options, answer, () => formatSlice(slice));
  return slice.outcomes.every(({ outcome }) => isGood(outcome)) ? 0 : 1;
}

function formatSlice({ outcomes }: SliceAnswer): string {
  return outcomes.map(formatOutcome).join('');
}

function showLetter({ value, etag }: Answer): string {
  return formatLetter(toLetter(value), etag);
}

async function writeExport(client: DlqClient, options: DlqOptions): Promise<number> {
  const { state, format, out } = options;
  const query = { format, ...(state !== undefined && { state }), ...filterOf(options) };
  const pieces = await client.stream('/export', query);
  if (out !== undefined) {
    await pipeline(pieces, createWriteStream(out)).catch((error: unknown) => {
      if (error instanceof CommandError) throw error;
      const reason = error instanceof Error ? error.message : '';
      throw new CommandError(
        `--out = ${out}: it cannot be written (${reason}). Name another file.`,
      );
    });
    return 0;
  }
  for await (const piece of pieces) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
  return 0;
}

function idOf({ target }: DlqOptions): string {
  return 'id' in target ? target.id : '';
}

function filterOf({ target }: DlqOptions) {
  return 'filter' in target ? target.filter : {};
}

function print({ isJson }: DlqOptions, answer: Answer, format: (answer: Answer) => string): number {
  process.stdout.write(isJson ? `${JSON.stringify(answer.value)}\n` : format(answer));
  return 0;
}
