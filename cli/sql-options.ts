import { parseArgs } from 'node:util';
import { CommandError } from './command-error.ts';

export const sqlHelp = `Usage: npm run sql -- "select ..." [options]

Queries the Bronze tables by name with DuckDB.

  --json             print an array of objects instead of a table
  --data DIR         data folder of the runtime (default .bronzeflow)
  --at TABLE=VERSION query a table as it was at a version; may be repeated
  --help             show this

Examples:
  npm run sql -- "show tables"
  npm run sql -- "select error_code, count(*) from brz_event_dead_letter group by all"
`;

export interface SqlOptions {
  readonly sql: string;
  readonly isJson: boolean;
  readonly dataFolder: string;
  /** Version by table. */
  readonly versions: ReadonlyMap<string, number>;
}

/** Reads the arguments of `npm run sql`; `help` when that was asked for. */
export function parseSqlOptions(args: readonly string[]): SqlOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [sql, ...others] = positionals;
  if (sql === undefined || others.length > 0) {
    throw new CommandError(`Give one query, in quotes.\n\n${sqlHelp}`, 2);
  }
  return {
    sql,
    isJson: values.json,
    dataFolder: values.data,
    versions: new Map(values.at.map(parseVersion)),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        data: { type: 'string', default: '.bronzeflow' },
        at: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : ''}\n\n${sqlHelp}`, 2);
  }
}

function parseVersion(text: string): [string, number] {
  const match = /^([a-z0-9_]+)=(\d{1,15})$/.exec(text);
  if (match?.[1] === undefined) {
    throw new CommandError(`--at ${text}: expected TABLE=VERSION\n\n${sqlHelp}`, 2);
  }
  return [match[1], Number(match[2])];
}
