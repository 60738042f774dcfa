import type { LogLevel } from '../core/contract.ts';
import { HostStartError, type HostProblem } from './host-problem.ts';
import { OptionReader } from './option-reader.ts';
import type { Settings } from './settings.ts';

/** What can be set of this host alone: settings `LocalHost__<name>`. The real host knows none. */
export interface LocalOptions {
  /** `LoadBalancingIntervalMs`: how often owners of partitions are compared; the SDK's 10 s if absent. */
  readonly loadBalancingIntervalMs: number | undefined;
  /** `OwnershipExpiryMs`: how long a partition belongs to a host that is gone; the SDK's 60 s if absent. */
  readonly ownershipExpiryMs: number | undefined;
  /** `BlobPollMs`: the pause between two scans of a container. */
  readonly blobPollMs: number;
  /** `HubExpiryMs`: how long a durable hub belongs to a host that can no longer be asked. */
  readonly hubExpiryMs: number;
  /** `ShutdownGraceMs`: how long running invocations may go on after a stop. */
  readonly shutdownGraceMs: number;
  /** `LogLevel`: what is less than this is not logged. */
  readonly logLevel: LogLevel;
}

const prefix = 'LocalHost__';
const names = [
  ...['LoadBalancingIntervalMs', 'OwnershipExpiryMs'],
  ...['BlobPollMs', 'HubExpiryMs', 'ShutdownGraceMs', 'LogLevel'],
];
const levels = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;
const day = 86_400_000;

/** Errors: `HostStartError` with every faulty or unknown `LocalHost__` setting. */
export function readLocalOptions(settings: Settings): LocalOptions {
  const values = settings.below(prefix);
  const reader = new OptionReader({ where: 'settings', prefix, values, settings });
  const positive = { min: 1, max: day };
  const options: LocalOptions = {
    loadBalancingIntervalMs: reader.wholeNumber('LoadBalancingIntervalMs', undefined, positive),
    ownershipExpiryMs: reader.wholeNumber('OwnershipExpiryMs', undefined, positive),
    blobPollMs: reader.wholeNumber('BlobPollMs', 5_000, positive),
    hubExpiryMs: reader.wholeNumber('HubExpiryMs', 15_000, positive),
    shutdownGraceMs: reader.wholeNumber('ShutdownGraceMs', 10_000, { min: 0, max: day }),
    logLevel: reader.choice('LogLevel', levels, 'information'),
  };
  const unknown = Object.keys(values).filter((name) => !names.includes(name));
  const problems = [...reader.problems, ...unknown.map(unknownSetting)];
  if (problems.length > 0) throw new HostStartError(problems);
  return options;
}

function unknownSetting(name: string): HostProblem {
  const remedy = `Use one of ${names.map((known) => `${prefix}${known}`).join(', ')}`;
  return { where: 'settings', key: `${prefix}${name}`, problem: 'is not known', remedy };
}
