import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSimulation } from '../../../../domain/simulation-rules.ts';
import { sampleDaySettings } from '../../../../local/launch/sample-day-settings.ts';
import { readConfig } from '../../../../shared/config/read-config.ts';

const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
  Values: Record<string, string>;
};

describe('the settings of the sample day', () => {
  it('are known, and the application starts with them', () => {
    expect(Object.keys(sample.Values)).toEqual(
      expect.arrayContaining(Object.keys(sampleDaySettings)),
    );
    expect(readConfig({ ...sample.Values, ...sampleDaySettings })).toMatchObject({ ok: true });
  });

  it('tell participants to misbehave now and then, in rules that they understand', () => {
    const rules = parseSimulation(sampleDaySettings['participant_simulation'] ?? '');
    expect(rules).toMatchObject({ ok: true });
    const chances = rules.ok ? rules.value.map(({ chance = 1 }) => chance) : [];
    expect(chances.every((chance) => chance <= 0.25)).toBe(true);
  });
});
