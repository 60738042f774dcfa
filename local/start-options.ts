import { parseArgs } from 'node:util';
import { fail, succeed, type Result } from '../shared/kernel/result.ts';
import type { Ports } from './launch/foundation.ts';

export const startHelp = `Usage: npm start -- [options]

Starts storage, broker and Functions host as processes on this machine, publishes a sample day of
upstream events, shows their verdicts and stays up until Ctrl-C.

  --feed FILE          publish these events instead of the sample day; - reads standard input
  --no-feed            publish nothing
  --once               end when every published event has its verdict: exit code 0, or 1 when the
                       identity does not hold or nothing moves for 60 s
  --summary FILE       write the summary as JSON
  --data DIR           data folder, kept between runs (default .bronzeflow)
  --fresh              empty the data folder first
  --http-port N        port of the HTTP functions
  --storage-ports B,Q,T    ports of blob, queue and table storage
  --broker-ports H,S       ports of Event Hubs and Service Bus
  --help               show this

Ports are free ones unless given. The environment variables AzureWebJobsStorage, EventHubs and
ServiceBus, each a connection string, put something else in the place of storage or broker:
Microsoft's emulators (local/emulators.compose.yaml) or Azure.
`;

export interface StartOptions {
  /** What to publish: the sample day, a file (`-` is standard input), or nothing. */
  readonly feed: 'sample' | 'none' | { readonly file: string };
  readonly isOnce: boolean;
  readonly summaryFile: string | undefined;
  readonly dataFolder: string;
  readonly isFresh: boolean;
  readonly ports: Ports;
}

/** Reads the arguments of `npm start`; `help` when that was asked for. */
export function parseStartOptions(args: readonly string[]): Result<StartOptions | 'help', string> {
  const values = parse(args);
  if (!values.ok) return values;
  const { help, feed, summary, data, once, fresh, 'no-feed': isWithout } = values.value;
  if (help) return succeed('help');
  if (feed !== undefined && isWithout) return fail('--feed and --no-feed exclude each other.');
  const ports = readPorts(values.value);
  if (!ports.ok) return ports;
  return succeed({
    feed: feed !== undefined ? { file: feed } : isWithout ? 'none' : 'sample',
    isOnce: once,
    summaryFile: summary,
    dataFolder: data,
    isFresh: fresh,
    ports: ports.value,
  });
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        feed: { type: 'string' },
        'no-feed': { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
        summary: { type: 'string' },
        data: { type: 'string', default: '.bronzeflow' },
        fresh: { type: 'boolean', default: false },
        'http-port': { type: 'string', default: '0' },
        'storage-ports': { type: 'string', default: '0,0,0' },
        'broker-ports': { type: 'string', default: '0,0' },
        help: { type: 'boolean', default: false },
      },
    });
    return succeed(values);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

interface PortFlags {
  readonly 'http-port': string;
  readonly 'storage-ports': string;
  readonly 'broker-ports': string;
}

/** How many ports each flag takes. */
const portFlags = [
  ['http-port', 1],
  ['storage-ports', 3],
  ['broker-ports', 2],
] as const;

function readPorts(flags: PortFlags): Result<Ports, string> {
  const wrong = portFlags.find(([flag, count]) => numbersOf(flags[flag]).length !== count);
  if (wrong !== undefined) {
    return fail(`--${wrong[0]}: expected ${wrong[1]} port number(s), 0 to 65535.`);
  }
  const [http = 0] = numbersOf(flags['http-port']);
  const [blob = 0, queue = 0, table = 0] = numbersOf(flags['storage-ports']);
  const [hubs = 0, bus = 0] = numbersOf(flags['broker-ports']);
  return succeed({ http, storage: [blob, queue, table], broker: [hubs, bus] });
}

/** None when one of them is no port. */
function numbersOf(text: string): readonly number[] {
  const parts = text.split(',');
  const isEach = parts.every((part) => /^\d{1,5}$/.test(part) && Number(part) <= 65_535);
  return isEach ? parts.map(Number) : [];
}
