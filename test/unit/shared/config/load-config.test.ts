import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../../../shared/config/load-config.ts';
import { fail } from '../../../../shared/kernel/result.ts';

const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
  Values: Record<string, string>;
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bronzeflow-config-'));
  for (const [key, value] of Object.entries(sample.Values)) vi.stubEnv(key, value);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const neverAsked = () => Promise.reject(new Error('no such setting is given'));

describe('loadConfig', () => {
  it('reads the environment of this process and the host.json of its folder', async () => {
    writeFileSync(join(folder, 'host.json'), '{}');
    expect(await loadConfig(folder, neverAsked)).toMatchObject({ environment: 'development' });
  });

  it('throws one error with the problems of both', async () => {
    const host = { extensions: { eventHubs: { initialOffsetOptions: { type: 'fromEnd' } } } };
    writeFileSync(join(folder, 'host.json'), JSON.stringify(host));
    vi.stubEnv('event_hub_partitions', 'many');
    await expect(loadConfig(folder, neverAsked)).rejects.toThrow(
      /2 configuration problem[^]*event_hub_partitions = many[^]*initialOffsetOptions.type = fromEnd/,
    );
  });

  it('lets the application check what only it understands', async () => {
    writeFileSync(join(folder, 'host.json'), '{}');
    vi.stubEnv('participant_simulation', '[7]');
    const checks = { simulation: () => fail('use objects') };
    await expect(loadConfig(folder, () => Promise.resolve(checks))).rejects.toThrow(
      /1 configuration problem[^]*participant_simulation = \[7\]: use objects/,
    );
  });
});
