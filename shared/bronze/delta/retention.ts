import { durationMs, type DurationMs } from '../../kernel/time.ts';
import type { StringMap } from './actions.ts';
import { parseInterval } from './codec/interval.ts';

/** Table properties by which others may ask for another retention than ours. */
export const retentionProperties = {
  log: 'delta.logRetentionDuration',
  files: 'delta.deletedFileRetentionDuration',
} as const;

/**
 * How long to keep what the table no longer needs: as long as we or the table's own property want,
 * whichever is longer; for ever when the property cannot be read.
 */
export function retentionFor(
  configuration: StringMap,
  kind: keyof typeof retentionProperties,
  ours: DurationMs,
): DurationMs {
  const property = configuration[retentionProperties[kind]];
  if (property === undefined) return ours;
  return durationMs(Math.max(ours, parseInterval(property) ?? Number.POSITIVE_INFINITY));
}

/** How long a missing version proves the end of the log: half of the shortest time that any engine keeps it. */
export function trustFor(configuration: StringMap, logRetention: DurationMs): DurationMs {
  const property = parseInterval(configuration[retentionProperties.log] ?? '');
  return durationMs(Math.min(logRetention, property ?? logRetention) / 2);
}
