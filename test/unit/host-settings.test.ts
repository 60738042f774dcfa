import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Every leaf of host.json by its dotted path; categories of log levels hold dots of their own. */
function leavesOf(value: unknown, path: readonly string[] = []): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path.join('.'), String(value)]];
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]));
}

describe('docs/host-settings.md', () => {
  it('justifies every setting of host.json with its value, and no other', () => {
    const rows = readFileSync('docs/host-settings.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
    const documented = new Map(rows.map(([, key = '', value = '']) => [key, value]));
    const host: unknown = JSON.parse(readFileSync('host.json', 'utf8'));
    expect(documented).toEqual(new Map(leavesOf(host)));
    expect(rows.every(([, , , reason = '']) => reason.length > 10)).toBe(true);
  });
});
