/**
 * The broker as a process: `node local/broker/main.ts --event-hubs FILE --service-bus FILE`.
 * When it serves, it prints one line of JSON with the connection strings. It ends on SIGTERM, on
 * SIGINT and when its standard input closes, so that it never outlives whoever started it.
 */
import { parseArgs } from 'node:util';
import { AppError } from '../../shared/kernel/app-error.ts';
import { durationMs } from '../../shared/kernel/time.ts';
import { loadEntities } from './entities/entity-file.ts';
import { parseHubs } from './eventhubs/entities.ts';
import type { Retention } from './eventhubs/partition-log.ts';
import { startBroker, type BrokerOptions } from './server.ts';
import { parseServiceBusEntities } from './servicebus/entities/emulator-entities.ts';

try {
  const broker = await startBroker(readOptions(process.argv.slice(2)));
  const { eventHubs, serviceBus } = broker;
  process.stdout.write(`${JSON.stringify({ eventHubs, serviceBus })}\n`);
  const stop = (): void => {
    broker.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  process.stdin.once('end', stop).once('error', stop).resume();
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function readOptions(args: readonly string[]): BrokerOptions {
  const values = parseFlags(args);
  const eventHubs = values['event-hubs'];
  const serviceBus = values['service-bus'];
  return {
    ...(eventHubs !== undefined && {
      eventHubs: {
        hubs: loadEntities(eventHubs, parseHubs),
        port: readNumber('event-hubs-port', values['event-hubs-port']) ?? 0,
        retention: readRetention(values),
      },
    }),
    ...(serviceBus !== undefined && {
      serviceBus: {
        entities: loadEntities(serviceBus, parseServiceBusEntities),
        port: readNumber('service-bus-port', values['service-bus-port']) ?? 0,
      },
    }),
    onProblem: ({ connectionId, fault, description, cause }) => {
      const detail = cause instanceof Error ? `\n${cause.stack ?? cause.message}` : '';
      process.stderr.write(`broker: ${connectionId}: ${fault}: ${description}${detail}\n`);
    },
  };
}

type Flags = ReturnType<typeof parseFlags>;

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'event-hubs': { type: 'string' },
        'event-hubs-port': { type: 'string' },
        'event-hubs-max-events': { type: 'string' },
        'event-hubs-max-age-ms': { type: 'string' },
        'service-bus': { type: 'string' },
        'service-bus-port': { type: 'string' },
      },
    }).values;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('config.invalid', message, { kind: 'permanent', cause });
  }
}

/** How much of a partition is kept: everything without these flags. */
function readRetention(values: Flags): Retention {
  const maxEvents = readNumber('event-hubs-max-events', values['event-hubs-max-events']);
  const maxAge = readNumber('event-hubs-max-age-ms', values['event-hubs-max-age-ms']);
  return {
    ...(maxEvents !== undefined && { maxEvents }),
    ...(maxAge !== undefined && { maxAge: durationMs(maxAge) }),
  };
}

function readNumber(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const message = `--${flag} is "${value}": write a whole number`;
  throw new AppError('config.invalid', message, { kind: 'permanent' });
}
