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
  const [leftParts, rightParts] = [partsOf(left), partsOf(right)];
  return leftParts === undefined || rightParts === undefined
    ? compareTexts(left.toUpperCase(), right.toUpperCase())
    : compareParts(leftParts, rightParts);
}

/** A part that is absent is less than 0. */
function compareParts(left: readonly number[], right: readonly number[]): number {
  const differences = [0, 1, 2, 3].map((index) => (left[index] ?? -1) - (right[index] ?? -1));
  return differences.find((difference) => difference !== 0) ?? 0;
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** A version of .NET has two to four parts. */
function partsOf(version: string): readonly number[] | undefined {
  return /^\d{1,9}(?:\.\d{1,9}){1,3}$/.test(version) ? version.split('.').map(Number) : undefined;
}
