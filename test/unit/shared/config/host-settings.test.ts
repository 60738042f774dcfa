import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkHostSettings } from '../../../../shared/config/host-settings.ts';

const withOffset = (type: string): string =>
  JSON.stringify({ extensions: { eventHubs: { initialOffsetOptions: { type } } } });

describe('checkHostSettings', () => {
  it('accepts the host.json of this application', () => {
    expect(checkHostSettings(readFileSync('host.json', 'utf8'), {})).toEqual([]);
  });

  it('accepts a host.json that leaves the offset to its default', () => {
    expect(checkHostSettings('{}', {})).toEqual([]);
  });

  it.each(['fromEnd', 'fromEnqueuedTime'])('refuses a consumer that starts %s', (type) => {
    expect(checkHostSettings(withOffset(type), {})).toMatchObject([
      { key: 'host.json extensions.eventHubs.initialOffsetOptions.type', value: type },
    ]);
  });

  it('sees an app setting that overrides host.json, in any letter case', () => {
    const key = 'AzureFunctionsJobHost__Extensions__EventHubs__InitialOffsetOptions__Type';
    const problems = checkHostSettings(withOffset('fromStart'), { [key]: 'fromEnd' });
    expect(problems).toMatchObject([{ value: 'fromEnd' }]);
    expect(checkHostSettings(withOffset('fromEnd'), { [key]: 'fromStart' })).toEqual([]);
  });

  it('refuses checkpoints that pass more than one batch', () => {
    const host = { extensions: { eventHubs: { batchCheckpointFrequency: 5 } } };
    expect(checkHostSettings(JSON.stringify(host), {})).toMatchObject([{ value: '5' }]);
  });

  it.each(['', '[', 'null', '7'])('reports a file that is no JSON object: %j', (text) => {
    expect(checkHostSettings(text, {})).toMatchObject([{ key: 'host.json' }]);
  });
});
