import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

export interface RunningAzurite {
  readonly connection: string;
  readonly stop: () => Promise<void>;
}

const services = ['Blob', 'Queue', 'Table'] as const;
const account = 'devstoreaccount1';
const key =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Starts an Azurite of its own on free ports, in memory. */
export async function startAzurite(): Promise<RunningAzurite> {
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const ports = ['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'];
  const flags = [
    '--silent',
    '--disableTelemetry',
    '--skipApiVersionCheck',
    '--inMemoryPersistence',
  ];
  const child = spawn(process.execPath, [main, ...ports, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const urls = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /Azurite (\w+) service is successfully listening at (http:\S+)/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) urls.set(match[1], match[2]);
    if (urls.size === services.length) break;
  }
  child.stdout.resume();
  const endpoints = services.map((name) => `${name}Endpoint=${urls.get(name) ?? ''}/${account};`);
  return {
    connection: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};${endpoints.join('')}`,
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
