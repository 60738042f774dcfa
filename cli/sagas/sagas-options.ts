import { parseArgs } from 'node:util';
import type { ListedSaga } from '../../shared/ports/saga-listing.ts';
import { CommandError } from '../command-error.ts';
import { phases } from './read-listing.ts';

export const sagasHelp = `Usage: npm run sagas -- [options]

Lists the sagas by state and proves from the participants' own records that money, stock and
parcels agree with the final states. Exit code 0, or 1 with the sagas that contradict it.

  --state STATE  also list the sagas in a state: ${phases.join(', ')}
  --json         print the report as JSON
  --watch        print a report as one line of JSON each second, until standard input closes
  --data DIR     data folder of the runtime (default .bronzeflow)
  --help         show this
`;

export interface SagasOptions {
  readonly mode: 'text' | 'json' | 'watch';
  /** The phase whose sagas are listed one by one. */
  readonly state: ListedSaga['phase'] | undefined;
  readonly dataFolder: string;
}

/**
 * Reads the arguments of `npm run sagas`; `help` when that was asked for.
 * Errors: `CommandError` with exit code 2.
 */
export function parseSagasOptions(args: readonly string[]): SagasOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const mode = values.watch ? 'watch' : values.json ? 'json' : 'text';
  return { mode, state: phaseNamed(values.state), dataFolder: values.data };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        state: { type: 'string' },
        json: { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
        data: { type: 'string', default: '.bronzeflow' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : ''}\n\n${sagasHelp}`, 2);
  }
}

function phaseNamed(name: string | undefined): ListedSaga['phase'] | undefined {
  if (name === undefined) return undefined;
  const phase = phases.find((known) => known === name);
  if (phase !== undefined) return phase;
  throw new CommandError(`--state: expected ${phases.join(', ')}.\n\n${sagasHelp}`, 2);
}
