import { join } from 'node:path';
import { parseHostAnswer } from './answers-codec.ts';
import { removeStaleCheckpoints } from './checkpoints.ts';
import { writeRuntimeFile } from './data-folder.ts';
import {
  layFoundation,
  repository,
  type Foundation,
  type FoundationOptions,
} from './foundation.ts';

/** A foundation that others can find by its runtime file. */
export async function launchFoundation(options: FoundationOptions): Promise<Foundation> {
  const foundation = await layFoundation(options);
  await removeStaleCheckpoints(options.dataFolder, foundation);
  await writeRuntimeFile(options.dataFolder, { pid: process.pid, ...foundation });
  return foundation;
}

/**
 * Starts the embedded Functions host with the built application on a foundation. Resolves to the
 * address of its HTTP functions.
 */
export async function launchHost(
  { crew, dataFolder, ports, env, say }: FoundationOptions,
  foundation: Foundation,
): Promise<string> {
  const ready = await crew.start({
    name: 'host',
    args: [
      join(repository, 'local/host/main.ts'),
      ...['--app', repository],
      ...['--port', String(ports.http)],
    ],
    env: { ...env, ...foundation.settings },
  });
  const { http, functions } = parseHostAnswer(ready);
  await writeRuntimeFile(dataFolder, { pid: process.pid, http, ...foundation });
  say(`host     ${http} with ${functions.length} functions`);
  return http;
}
