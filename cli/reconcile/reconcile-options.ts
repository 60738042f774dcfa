import { parseArgs } from 'node:util';
import { CommandError } from '../command-error.ts';

export const reconcileHelp = `Usage: npm run reconcile -- [options]

Proves from stored data alone that every event has exactly one verdict and that the tables hold
what the verdicts say. Exit code 0, or 1 with the ranges that contradict it.

  --json      print the report as JSON
  --watch     print a report as one line of JSON each second, until standard input closes
  --data DIR  data folder of the runtime (default .bronzeflow)
  --help      show this
`;

export interface ReconcileOptions {
  readonly mode: 'text' | 'json' | 'watch';
  readonly dataFolder: string;
}

/** Reads the arguments of `npm run reconcile`; `help` when that was asked for. */
export function parseReconcileOptions(args: readonly string[]): ReconcileOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const mode = values.watch ? 'watch' : values.json ? 'json' : 'text';
  return { mode, dataFolder: values.data };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
        data: { type: 'string', default: '.bronzeflow' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : ''}\n\n${reconcileHelp}`, 2);
  }
}
