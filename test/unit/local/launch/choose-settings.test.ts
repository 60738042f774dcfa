import { describe, expect, it } from 'vitest';
import { chooseSettings } from '../../../../local/launch/choose-settings.ts';

const sample = { participant_simulation: '', saga_step_attempts: '3', team: 'data' };
const defaults = { participant_simulation: '[1]', saga_step_attempts: '2' };
const sources = { sample, own: undefined, defaults, env: {} };

describe('the settings of a launch', () => {
  it('are those of the sample and of the launch when a person says nothing', () => {
    expect(chooseSettings(sources)).toEqual({ ...defaults, team: 'data' });
  });

  it('are a person’s own, where they are not just a copy of the sample', () => {
    const copied = { ...sample };
    expect(chooseSettings({ ...sources, own: copied })).toEqual({ ...defaults, team: 'data' });
    const own = { ...sample, saga_step_attempts: '7', participant_simulation: '[2]' };
    expect(chooseSettings({ ...sources, own })).toEqual(own);
  });

  it('are those of the environment before all others, also when it switches something off', () => {
    const env = { participant_simulation: '', saga_step_attempts: '9', PATH: '/bin' };
    const own = { ...sample, saga_step_attempts: '7' };
    expect(chooseSettings({ ...sources, own, env })).toEqual({
      ...{ participant_simulation: '', saga_step_attempts: '9', team: 'data' },
    });
  });

  it('hand on what the environment says to the embedded host', () => {
    const env = { LocalHost__OwnershipExpiryMs: '1500' };
    expect(chooseSettings({ ...sources, env })).toMatchObject(env);
  });
});
