import { assertNever } from '../../../../shared/kernel/assert-never.ts';

export const versionMatchStrategies = ['None', 'Strict', 'CurrentOrOlder'] as const;
export type VersionMatchStrategy = (typeof versionMatchStrategies)[number];

/**
 * Whether a host of one version may run an instance of another. Without a version of its own a host
 * runs everything.
 */
export function isVersionMatch(
  strategy: VersionMatchStrategy,
  hostVersion: string | undefined,
  instanceVersion: string | undefined,
): boolean {
  if (hostVersion === undefined) return true;
  switch (strategy) {
    case 'None':
      return true;
    case 'Strict':
      return compareVersions(instanceVersion ?? '', hostVersion) === 0;
    case 'CurrentOrOlder':
      return compareVersions(instanceVersion ?? '', hostVersion) <= 0;
    default:
      return assertNever(strategy);
  }
}

/**
 * Orders versions: none comes first, `1.10` after `1.9`, anything that is no such number as text in
 * any case. Source: DurableTask.Core, VersioningSettings.CompareVersions.
 */
export function compareVersions(left: string, right: string): number {
  if (left === '' || right === '') return left.length - right.length;
  const [leftParts, rightParts] = [numbersOf(left), numbersOf(right)];
  if (leftParts === undefined || rightParts === undefined) {
    const [leftText, rightText] = [left.toUpperCase(), right.toUpperCase()];
    return leftText === rightText ? 0 : leftText < rightText ? -1 : 1;
  }
  // A part that is absent is less than 0.
  for (let index = 0; index < 4; index += 1) {
    const difference = (leftParts[index] ?? -1) - (rightParts[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): readonly number[] | undefined {
  return /^\d{1,9}(?:\.\d{1,9}){1,3}$/.test(version) ? version.split('.').map(Number) : undefined;
}
