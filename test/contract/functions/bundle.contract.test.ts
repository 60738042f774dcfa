import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import bundle from '../../../rolldown.config.ts';
import type { FunctionMetadata } from '../../support/functions-core.ts';

interface AppDescription {
  readonly functions: readonly FunctionMetadata[];
  readonly hooks: readonly string[];
  readonly capabilities: Readonly<Record<string, string>>;
}

const kilobyte = 1024;
const run = promisify(execFile);
let folder: string;
let settings: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-bundle-'));
  await copyFile('host.json', join(folder, 'host.json'));
  await build({ ...bundle, output: { ...bundle.output, dir: join(folder, 'dist') } });
  const sample = await readFile('local.settings.sample.json', 'utf8');
  settings = (JSON.parse(sample) as { Values: Record<string, string> }).Values;
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function describeApp(env = settings, ...flags: string[]): Promise<AppDescription> {
  const entry = join(folder, 'dist/index.js');
  const args = ['test/support/describe-app.ts', entry, ...flags];
  const { stdout } = await run(process.execPath, args, { env });
  // Libraries may have written lines of their own before.
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as AppDescription;
}

/** The files that loading a file loads, itself included: its static imports, transitively. */
async function eagerFiles(file: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = await readFile(file, 'utf8');
  for (const [, , path = ''] of source.matchAll(/(?:from|import)\s*(["'])(\.[^"']+)\1/g)) {
    await eagerFiles(join(file, '..', path), seen);
  }
  return seen;
}

async function sizeOf(files: Iterable<string>): Promise<number> {
  const sizes = [...files].map(async (file) => (await stat(file)).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

describe('the deployed bundle', () => {
  it('registers exactly the approved functions with the approved triggers', async () => {
    const { functions, hooks, capabilities } = await describeApp();
    const found = functions.map(({ name, bindings, retryOptions }) => ({
      name,
      bindings: Object.values(bindings),
      ...(retryOptions && { retryOptions }),
    }));
    const report = JSON.stringify({ functions: found, hooks, capabilities }, undefined, 2);
    // Streamed HTTP is served on any free port.
    const described = `${report.replace(/localhost:\d+/, 'localhost:PORT')}\n`;
    await expect(described).toMatchFileSnapshot('../../approved/functions.json');
  });

  it('has participants react to events instead of commands when sagas are choreographed', async () => {
    const [orchestrated, choreographed] = await Promise.all([
      describeApp(),
      describeApp({ ...settings, saga_variant: 'choreography' }),
    ]);
    const known = new Set(orchestrated.functions.map(({ name }) => name));
    const found = choreographed.functions
      .filter(({ name }) => !known.has(name))
      .map(({ name, bindings }) => ({ name, bindings: Object.values(bindings) }));
    const described = `${JSON.stringify({ functions: found }, undefined, 2)}\n`;
    await expect(described).toMatchFileSnapshot('../../approved/choreography.json');
    const names = choreographed.functions.map(({ name }) => name);
    const consumers = names.filter((name) => !name.startsWith('ingest-dead-letters-of-'));
    expect(consumers.filter((name) => /commands$|^run-saga|^receive-reply/.test(name))).toEqual([]);
  });

  it('loads less than 300 KB before the first event', async () => {
    const eager = await eagerFiles(join(folder, 'dist/index.js'));
    expect(await sizeOf(eager)).toBeLessThan(300 * kilobyte);
  });

  it('is smaller than 5.5 MB', async () => {
    const names = await readdir(join(folder, 'dist'), { recursive: true });
    const files = names.filter((name) => name.endsWith('.js'));
    const size = await sizeOf(files.map((name) => join(folder, 'dist', name)));
    expect(size).toBeLessThan(5.5 * kilobyte * kilobyte);
  });

  it('carries neither a schema compiler nor a folder of schemas', async () => {
    const names = await readdir(join(folder, 'dist'), { recursive: true });
    expect(names.filter((name) => /\.(json|avsc)$/.test(name))).toEqual([]);
    for (const name of names.filter((found) => found.endsWith('.js'))) {
      const source = await readFile(join(folder, 'dist', name), 'utf8');
      expect(source.includes('schema is invalid: '), name).toBe(false);
    }
  });

  it('starts without storage or broker, and with telemetry that has somewhere to go', async () => {
    const nowhere = 'IngestionEndpoint=http://127.0.0.1:1/';
    const telemetry = {
      ...settings,
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${randomUUID()};${nowhere}`,
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
    };
    const { functions } = await describeApp(telemetry, '--start');
    const { functions: approved } = await describeApp();
    expect(functions.map(({ name }) => name)).toEqual(approved.map(({ name }) => name));
  });

  it('refuses to start with a list of every problem', async () => {
    const broken = { ...settings, EventHubs: '', max_event_size_kb: '2048', team: 'Data' };
    const failure = await describeApp(broken).catch((error: unknown) => error);
    const text = String(failure);
    for (const key of ['EventHubs', 'max_event_size_kb = 2048', 'team = Data']) {
      expect(text).toContain(key);
    }
    expect(text).toContain('3 configuration problem');
  });
});
