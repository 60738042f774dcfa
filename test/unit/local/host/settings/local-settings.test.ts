import { describe, expect, it } from 'vitest';
import { HostStartError } from '../../../../../local/host/settings/host-problem.ts';
import { parseLocalSettings } from '../../../../../local/host/settings/local-settings.ts';

function problemsOf(text: string): readonly string[] {
  try {
    parseLocalSettings('file.json', text);
    return [];
  } catch (error) {
    if (!(error instanceof HostStartError)) throw error;
    return error.problems.map(({ where, key, problem }) => `${where} ${key} ${problem}`);
  }
}

describe('parseLocalSettings', () => {
  it('takes the values, whatever they are called', () => {
    const text = '{"IsEncrypted": false, "Values": {"A": "1", "__proto__": "2"}, "Host": {}}';
    expect(Object.entries(parseLocalSettings('file.json', text))).toEqual([
      ['A', '1'],
      ['__proto__', '2'],
    ]);
    expect(parseLocalSettings('file.json', '{}')).toEqual({});
  });

  it('names every fault', () => {
    expect(problemsOf('{"IsEncrypted": true, "Values": {"A": 1, "B": null, "C": []}}')).toEqual([
      'file.json IsEncrypted encrypted settings cannot be read here',
      'file.json Values.A is number, not text',
      'file.json Values.B is object, not text',
      'file.json Values.C is a list, not text',
    ]);
    expect(problemsOf('{"Values": []}')).toEqual([
      'file.json Values is a list, not an object of texts',
    ]);
    expect(problemsOf('{"Values"')[0]).toContain('file.json file is not JSON');
  });
});
