import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { connectionNames } from '../../../../shared/config/connection-set.ts';
import { readConfig } from '../../../../shared/config/read-config.ts';
import { settings } from '../../../../shared/config/settings.ts';

const document = readFileSync('docs/configuration.md', 'utf8');
const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
  Values: Record<string, string>;
};

/** The cells of the table under a heading, without the header. */
function tableUnder(heading: string): readonly string[][] {
  const section = document.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('the documents of the configuration', () => {
  it('list every setting in order with its default and meaning, and no other', () => {
    const expected = Object.values(settings).map(({ key, defaultText, meaning }) => [
      `\`${key}\``,
      defaultText ? `\`${defaultText}\`` : '(none)',
      meaning,
    ]);
    expect(tableUnder('Settings')).toEqual(expected);
  });

  it('list every connection', () => {
    const names = tableUnder('Connections').map(([name]) => name);
    expect([...names].sort()).toEqual(connectionNames.map((name) => `\`${name}\``).sort());
  });

  it('agree with the sample settings, which hold every key', () => {
    const keys = Object.values(settings).map(({ key }) => key);
    const host = ['FUNCTIONS_WORKER_RUNTIME', 'APPLICATIONINSIGHTS_CONNECTION_STRING'];
    expect(Object.keys(sample.Values).sort()).toEqual(
      [...keys, ...connectionNames, ...host].sort(),
    );
  });

  it('give a configuration that starts with nothing changed', () => {
    expect(readConfig(sample.Values)).toMatchObject({ ok: true });
  });

  it('show the default of every setting in the sample, the environment apart', () => {
    for (const { key, defaultText } of Object.values(settings)) {
      if (key !== 'environment') expect(sample.Values[key]).toBe(defaultText ?? '');
    }
  });

  it('begin with the twelve parameters of the specification', () => {
    const keys = Object.values(settings).map(({ key }) => key);
    expect(keys.slice(0, 12)).toEqual([
      'primary_messaging_service',
      'event_schema_format',
      'delivery_guarantee',
      'event_hub_partitions',
      'service_bus_sessions',
      'dlq_retention_days',
      'schema_registry_provider',
      'max_event_size_kb',
      'consumer_group_naming',
      'event_retention_days',
      'idempotency_key_field',
      'saga_timeout_minutes',
    ]);
  });
});
