import { durationMs } from '../../../../shared/kernel/time.ts';
import type { QueueSettings } from '../state/queue-parts.ts';
import type { Forwarding } from './entity-definitions.ts';
import type { Range, SettingReader } from '../../entities/setting-reader.ts';

const minute = 60_000;

/** Defaults are the emulator's; shorter times than it allows are fine, tests need them. */
const defaults = {
  lockDuration: durationMs(minute),
  timeToLive: durationMs(60 * minute),
  maxDeliveryCount: 3,
  duplicateDetectionWindow: durationMs(20_000),
};

const anyDuration: Range = {
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  remedy: 'write an ISO 8601 duration longer than nothing, such as PT20S or PT1H',
};
const lockDurations: Range = {
  min: 1,
  max: 5 * minute,
  remedy: 'write an ISO 8601 duration of at most 5 minutes, such as PT1M',
};
const deliveryCounts: Range = { min: 1, max: 2000, remedy: 'write an integer from 1 to 2000' };

const deliveryKeys = [
  ...['DeadLetteringOnMessageExpiration', 'DefaultMessageTimeToLive', 'LockDuration'],
  ...['MaxDeliveryCount', 'RequiresSession', 'ForwardTo', 'ForwardDeadLetteredMessagesTo'],
];
const duplicateKeys = ['RequiresDuplicateDetection', 'DuplicateDetectionHistoryTimeWindow'];

/** Reads the properties of a queue. */
export function readQueueSettings(properties: SettingReader): QueueSettings {
  properties.allow([...deliveryKeys, ...duplicateKeys]);
  return { ...deliverySettings(properties), ...duplicateSettings(properties) };
}

/** Reads the properties of a subscription, which leaves detecting duplicates to its topic. */
export function readSubscriptionSettings(properties: SettingReader): QueueSettings {
  properties.allow(deliveryKeys);
  return { ...deliverySettings(properties), duplicateDetectionWindow: undefined };
}

/** Reads the properties of a topic: a queue that hands on whatever becomes active. */
export function readTopicSettings(properties: SettingReader): QueueSettings {
  properties.allow(['DefaultMessageTimeToLive', ...duplicateKeys]);
  return { ...deliverySettings(properties), ...duplicateSettings(properties) };
}

/** Reads where an entity forwards to. An empty name means nowhere, as in the emulator's samples. */
export function readForwarding(properties: SettingReader): Forwarding {
  return {
    forwardTo: properties.text('ForwardTo') || undefined,
    forwardDeadLetteredMessagesTo: properties.text('ForwardDeadLetteredMessagesTo') || undefined,
  };
}

function deliverySettings(
  properties: SettingReader,
): Omit<QueueSettings, 'duplicateDetectionWindow'> {
  const { lockDuration, timeToLive, maxDeliveryCount } = defaults;
  return {
    lockDuration: properties.duration('LockDuration', lockDuration, lockDurations),
    maxDeliveryCount: properties.integer('MaxDeliveryCount', maxDeliveryCount, deliveryCounts),
    defaultTimeToLive: properties.duration('DefaultMessageTimeToLive', timeToLive, anyDuration),
    deadLetteringOnMessageExpiration: properties.flag('DeadLetteringOnMessageExpiration', false),
    requiresSession: properties.flag('RequiresSession', false),
  };
}

function duplicateSettings(
  properties: SettingReader,
): Pick<QueueSettings, 'duplicateDetectionWindow'> {
  const window = properties.duration(
    'DuplicateDetectionHistoryTimeWindow',
    defaults.duplicateDetectionWindow,
    anyDuration,
  );
  const detects = properties.flag('RequiresDuplicateDetection', false);
  return { duplicateDetectionWindow: detects ? window : undefined };
}
