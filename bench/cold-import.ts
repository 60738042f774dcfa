import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'rolldown';
import bundle from '../rolldown.config.ts';
import { runNode } from '../test/support/run-node.ts';
import { takeTurns, type Bench } from './measurement.ts';

const hello = `
import { app } from '@azure/functions';
app.http('hello', { authLevel: 'anonymous', handler: () => ({ body: 'Hello, world' }) });
`;

const rounds = 15;

/** Importing the deployed entry in a fresh process, against a hello world that is built the same way. */
export const coldImport: Bench = {
  name: 'cold-import',
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bronzeflow-bench-'));
    const source = resolve(`bench/hello-${process.pid}.mts`);
    try {
      await writeFile(source, hello);
      const output = { ...bundle.output, dir: folder };
      await build({ ...bundle, input: { index: source }, plugins: [], output });
      const settings = await sampleSettings();
      const times = await takeTurns(
        rounds,
        () => importTime(resolve('dist/index.js'), settings),
        () => importTime(join(folder, 'index.js'), settings),
      );
      return [
        {
          what: 'cold import, against hello world',
          value: times.ours / times.baseline,
          unit: 'x',
          budget: 1.5,
          kind: 'most',
          detail: `${times.ours.toFixed(1)} ms against ${times.baseline.toFixed(1)} ms, median of ${rounds}`,
        },
      ];
    } finally {
      await rm(source, { force: true });
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function importTime(entry: string, env: Readonly<Record<string, string>>): Promise<number> {
  const { stdout } = await runNode(['bench/import-entry.ts', entry], { env });
  return Number(stdout);
}

export async function sampleSettings(): Promise<Readonly<Record<string, string>>> {
  const sample = await readFile('local.settings.sample.json', 'utf8');
  return (JSON.parse(sample) as { readonly Values: Record<string, string> }).Values;
}
