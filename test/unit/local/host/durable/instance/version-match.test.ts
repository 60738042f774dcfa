import { describe, expect, it } from 'vitest';
import {
  compareVersions,
  isVersionMatch,
} from '../../../../../../local/host/durable/instance/version-match.ts';

describe('versions', () => {
  it('are ordered as numbers where they are numbers, and as texts otherwise', () => {
    const ordered = ['', '1.0', '1.0.1', '1.9', '1.10', '2.0'];
    const shuffled = [...ordered].reverse().sort(compareVersions);
    expect(shuffled).toEqual(ordered);
    expect(compareVersions('Beta', 'beta')).toBe(0);
    expect(compareVersions('alpha', 'beta')).toBeLessThan(0);
  });

  it('match as the strategy says', () => {
    expect(isVersionMatch('None', '1.0', '9.0')).toBe(true);
    expect(isVersionMatch('Strict', '1.0', '1.0')).toBe(true);
    expect(isVersionMatch('Strict', '1.0', undefined)).toBe(false);
    expect(isVersionMatch('CurrentOrOlder', '1.10', '1.9')).toBe(true);
    expect(isVersionMatch('CurrentOrOlder', '1.9', '1.10')).toBe(false);
    expect(isVersionMatch('CurrentOrOlder', '1.0', undefined)).toBe(true);
  });

  it('do not matter to a host that has none', () => {
    expect(isVersionMatch('Strict', undefined, '9.0')).toBe(true);
  });
});
