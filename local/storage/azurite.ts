import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface StoragePorts {
  /** 0 means any free port. */
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

const services = ['Blob', 'Queue', 'Table'] as const;
const account = 'devstoreaccount1';
/** The development account's well-known key: the same in every Azurite, no secret. */
const accountKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * Runs Azurite inside this process and resolves to its connection string. Inside, so that it can
 * end with its parent: as a child of its own it would outlive a killed one. It ends, with
 * everything saved, at the process event SIGTERM.
 */
export function runAzurite(folder: string, ports: StoragePorts): Promise<string> {
  const options = [
    ...['--location', join(folder, 'azurite')],
    ...['--blobPort', String(ports.blob)],
    ...['--queuePort', String(ports.queue)],
    ...['--tablePort', String(ports.table)],
    '--silent',
    '--disableTelemetry',
    // The storage SDK asks for a newer version of the protocol than Azurite knows by name.
    '--skipApiVersionCheck',
  ];
  const require = createRequire(import.meta.url);
  process.argv = [process.execPath, 'azurite', ...options];
  return new Promise((resolve) => {
    const urls = new Map<string, string>();
    // Azurite tells its ports only in what it prints.
    console.log = (line: unknown) => {
      const match = /Azurite (\w+) service is successfully listening at (http:\S+)/.exec(
        String(line),
      );
      if (match?.[1] !== undefined && match[2] !== undefined) urls.set(match[1], match[2]);
    };
    // The last thing it does when it starts; before, nobody could end it in order.
    process.on('newListener', (event) => {
      if (event === 'SIGTERM') resolve(connectionString(urls));
    });
    require('azurite/dist/src/azurite.js');
  });
}

function connectionString(urls: ReadonlyMap<string, string>): string {
  const endpoints = services.map((name) => `${name}Endpoint=${urls.get(name) ?? ''}/${account};`);
  return `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};${endpoints.join('')}`;
}
