import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { CommandError } from '../command-error.ts';
import { dlqHelp } from './dlq-help.ts';
import { readPatch, type PatchOperation } from './patch-codec.ts';

const verbs = [
  ...['list', 'groups', 'show', 'retry', 'edit', 'discard', 'restore', 'note', 'export'],
] as const;

/** What lists, exports and decisions about many letters can be limited by: option and filter. */
const filters = [
  ...(['group', 'type', 'origin', 'category', 'from', 'before'] as const).map(
    (name) => [name, name] as const,
  ),
  ['order-key', 'key'] as const,
];
export type Filter = Readonly<Record<string, string>>;

/** One letter, or all that a filter lets through. */
type Target = { readonly id: string } | { readonly filter: Filter };

/** Where the application is, and who asks. */
export interface Access {
  /** Undefined: the runtime of the data folder. */
  readonly url: string | undefined;
  readonly functionKey: string | undefined;
  readonly token: string | undefined;
  readonly dataFolder: string;
  readonly by: string;
}

export interface DlqOptions {
  readonly verb: (typeof verbs)[number];
  readonly target: Target;
  /** Empty for what needs none. */
  readonly reason: string;
  readonly state: string | undefined;
  readonly patch: readonly PatchOperation[];
  readonly isDryRun: boolean;
  readonly ifMatch: string | undefined;
  readonly limit: number | undefined;
  readonly after: string | undefined;
  readonly format: string;
  readonly out: string | undefined;
  readonly isJson: boolean;
  readonly access: Access;
}

/**
 * Reads the arguments of `npm run dlq`; `help` when that was asked for.
 * Errors: `CommandError` with exit code 2, which names what is wrong, its value and the remedy.
 */
export function parseDlqOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): DlqOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help === true) return 'help';
  const [name, id, ...others] = positionals;
  const verb = verbs.find((known) => known === name);
  if (verb === undefined) throw wrong('VERB', name, `use one of ${verbs.join(', ')}`);
  if (others.length > 0) throw wrong('ID', others.join(' '), 'name one dead letter at a time');
  const { 'if-match': ifMatch, state, after, format = 'csv', out, limit } = values;
  checkPlaces(verb, values);
  const patch = verb === 'edit' ? readPatch(values) : [];
  return {
    ...{ verb, state, after, format, out, patch, ifMatch },
    target: readTarget(verb, id, values),
    reason: readReason(verb, values.reason),
    isDryRun: values['dry-run'] === true,
    limit: limit === undefined ? undefined : readLimit(limit),
    isJson: values.json === true,
    access: readAccess(values, env),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const list = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ group: text, type: text, origin: text, category: text, 'order-key': text },
        ...{ from: text, before: text, state: text, reason: text, as: text, patch: text },
        ...{ 'if-match': text, limit: text, after: text, format: text, out: text, url: text },
        ...{ key: text, data: text, set: list, remove: list },
        ...{ all: flag, 'dry-run': flag, json: flag, help: flag },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    throw new CommandError(`${message}\n\n${dlqHelp}`, 2);
  }
}

type Values = ReturnType<typeof parse>['values'];

const ofMany: readonly string[] = ['retry', 'discard', 'restore'];
const ofOne: readonly string[] = ['show', 'edit', 'note'];
const letterId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

function readTarget(verb: DlqOptions['verb'], id: string | undefined, values: Values): Target {
  const filter = readFilter(values);
  const isLimited = Object.keys(filter).length > 0 || values.all === true;
  if (id !== undefined) {
    if (isLimited) throw wrong('ID', id, 'name either one dead letter, or filters');
    return readOne(verb, id);
  }
  if (ofOne.includes(verb)) throw wrong('ID', id, `name it: npm run dlq -- ${verb} ID`);
  if (isLimited || !ofMany.includes(verb)) return { filter };
  throw wrong('ID', id, 'name one, a filter such as --group, or --all for every one');
}

function readOne(verb: DlqOptions['verb'], id: string): Target {
  const takesOne = ofOne.includes(verb) || ofMany.includes(verb);
  if (!takesOne) throw wrong('ID', id, `leave it out: ${verb} takes filters`);
  if (letterId.test(id)) return { id };
  throw wrong('ID', id, 'use a dead_letter_id in lower case, as npm run dlq -- list prints it');
}

function readFilter(values: Values): Filter {
  const pairs = filters.flatMap(([option, name]): [string, string][] => {
    const value = values[option];
    if (value === undefined) return [];
    if (value.trim() === '') throw wrong(`--${option}`, value, 'give it a value, or leave it out');
    return [[name, value]];
  });
  return Object.fromEntries(pairs);
}

const deciding: readonly string[] = [...ofMany, 'edit', 'note'];

function readReason(verb: string, reason: string | undefined): string {
  if (!deciding.includes(verb)) return '';
  const text = reason?.trim() ?? '';
  if (text !== '') return text;
  throw wrong('--reason', reason, 'say why: it goes into the audit of the dead letter');
}

/** Options that change what a verb does, and the verbs that know them. */
const places: readonly (readonly ['dry-run' | 'set' | 'remove' | 'patch' | 'state', string[]])[] = [
  ['dry-run', ['retry', 'edit']],
  ['set', ['edit']],
  ['remove', ['edit']],
  ['patch', ['edit']],
  ['state', ['list', 'export']],
];

/** What another verb would silently leave out is refused: somebody counts on it. */
function checkPlaces(verb: string, values: Values): void {
  for (const [option, known] of places) {
    const value = values[option];
    if (value === undefined || known.includes(verb)) continue;
    throw wrong(`--${option}`, String(value), `leave it out: it is for ${known.join(' and ')}`);
  }
}

function readLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 200) return limit;
  throw wrong('--limit', text, 'use a whole number from 1 to 200');
}

function readAccess(values: Values, env: NodeJS.ProcessEnv): Access {
  return {
    url: readUrl(values.url),
    functionKey: values.key ?? env['BRONZEFLOW_KEY'],
    token: env['BRONZEFLOW_TOKEN'],
    dataFolder: values.data ?? '.bronzeflow',
    by: readName(values.as),
  };
}

function readUrl(url: string | undefined): string | undefined {
  const isUrl = url === undefined || (URL.canParse(url) && /^https?:/.test(url));
  if (isUrl) return url?.replace(/\/+$/, '');
  throw wrong('--url', url, 'use an address such as https://name.azurewebsites.net');
}

function readName(name: string | undefined): string {
  const by = name?.trim() ?? userInfo().username;
  if (by !== '') return by;
  throw wrong('--as', name, 'give a name, or leave it out');
}

function wrong(name: string, value: string | undefined, remedy: string): CommandError {
  return new CommandError(`${name} = ${value ?? '(not given)'}: ${remedy}.`, 2);
}
