import type { OptionReader } from '../settings/option-reader.ts';
import { versionMatchStrategies, type VersionMatchStrategy } from './instance/version-match.ts';

/** What the host takes from `extensions.durableTask` of host.json. */
export interface DurableOptions {
  /** Undefined: made from the id of the host. */
  readonly hubName: string | undefined;
  readonly maxConcurrentActivityFunctions: number;
  readonly maxConcurrentOrchestratorFunctions: number;
  readonly maxConcurrentEntityFunctions: number;
  /** Of instances that are started without one; undefined: no versions. */
  readonly defaultVersion: string | undefined;
  readonly versionMatchStrategy: VersionMatchStrategy;
  /** What happens to an instance of another version: it waits for a fitting host, or fails. */
  readonly versionFailureStrategy: 'Reject' | 'Fail';
}

/** Names of hubs, which are parts of the names of tables and containers. */
const hubNamePattern = /^[A-Za-z][A-Za-z0-9]{2,44}$/;

export function readDurableOptions(reader: OptionReader, cores: number): DurableOptions {
  const many = { min: 1, max: 10_000 };
  const hubName = reader.text('hubName');
  if (hubName !== undefined && !hubNamePattern.test(hubName)) {
    reader.add('hubName', `is "${hubName}"`, 'Write 3 to 45 letters and digits, a letter first');
  }
  const limit = (name: string): number => reader.wholeNumber(name, 10 * cores, many);
  return {
    hubName,
    maxConcurrentActivityFunctions: limit('maxConcurrentActivityFunctions'),
    maxConcurrentOrchestratorFunctions: limit('maxConcurrentOrchestratorFunctions'),
    maxConcurrentEntityFunctions: limit('maxConcurrentEntityFunctions'),
    defaultVersion: reader.text('defaultVersion') || undefined,
    versionMatchStrategy: reader.choice(
      'versionMatchStrategy',
      versionMatchStrategies,
      'CurrentOrOlder',
    ),
    versionFailureStrategy: reader.choice(
      'versionFailureStrategy',
      ['Reject', 'Fail'] as const,
      'Reject',
    ),
  };
}

/** The name of the hub: as configured, or letters and digits of the host's id. */
export function hubNameOf({ hubName }: DurableOptions, hostId: string): string {
  return hubName ?? `h${hostId.replaceAll(/[^A-Za-z0-9]/g, '')}`.slice(0, 45);
}
