import { fail, succeed, type Result } from '../kernel/result.ts';
import { deadLetterSettings } from './dead-letter-settings.ts';
import { recoverabilitySettings } from './recoverability-settings.ts';
import { choice, custom, matching, secretKey, wholeNumber } from './setting.ts';

/** Days, or for ever. */
export type Retention = number | 'never';

const containerName = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;
const containerForm = 'lower-case letters, digits and single hyphens, 3 to 63 characters';
const scheduleName = /^\S+( \S+){5}$/;
const scheduleForm = 'an NCRONTAB expression of six fields, seconds first';

/** The twelve client-context parameters of the specification, with its names and defaults. */
const sourceSettings = {
  primaryMessagingService: choice('primary_messaging_service', {
    values: ['Azure Event Hubs', 'Azure Service Bus'],
    default: 'Azure Event Hubs',
    meaning: 'Transport of the events that this application publishes itself. It reads both.',
  }),
  eventSchemaFormat: choice('event_schema_format', {
    values: ['CloudEvents v1.0 (JSON)', 'CloudEvents v1.0 (Avro)'],
    default: 'CloudEvents v1.0 (JSON)',
    meaning:
      'Format of `data` in the events that this application publishes itself. It reads both.',
  }),
  deliveryGuarantee: choice('delivery_guarantee', {
    values: ['At-least-once', 'Exactly-once'],
    default: 'At-least-once',
    meaning:
      'What producers and brokers promise. Consumers are idempotent under both; at-most-once is refused because it may lose events.',
  }),
  eventHubPartitions: wholeNumber('event_hub_partitions', {
    min: 1,
    max: 1024,
    default: 8,
    meaning:
      'Partitions of each hub. The readiness check compares it with the hub, because order per key depends on it.',
  }),
  serviceBusSessions: choice('service_bus_sessions', {
    values: ['Disabled', 'Enabled'],
    default: 'Disabled',
    meaning: 'Whether the relayed subscription requires sessions. The orders queue always does.',
  }),
  dlqRetentionDays: wholeNumber('dlq_retention_days', {
    min: 1,
    max: 3650,
    default: 14,
    meaning: 'How long a dead letter keeps its payload, and may be replayed.',
  }),
  schemaRegistryProvider: choice('schema_registry_provider', {
    values: ['files'],
    default: 'files',
    meaning:
      'Where schemas come from: the catalogue under `schemas/`, which is part of the package.',
  }),
  maxEventSizeKb: wholeNumber('max_event_size_kb', {
    min: 1,
    max: 1024,
    default: 256,
    meaning: 'Larger events become dead letters (`size.exceeded`): send a reference to a blob.',
  }),
  consumerGroupNaming: matching('consumer_group_naming', {
    pattern: /^(?=.*\{team\})(?=.*\{purpose\})([a-zA-Z0-9._-]|\{team\}|\{purpose\}){1,64}$/,
    form: 'letters, digits, ".", "_", "-" with {team} and {purpose}',
    default: 'cg-{team}-{purpose}',
    meaning: 'How consumer groups are named.',
  }),
  eventRetentionDays: wholeNumber('event_retention_days', {
    min: 1,
    max: 90,
    default: 7,
    meaning: 'Retention of the hubs.',
  }),
  idempotencyKeyField: matching('idempotency_key_field', {
    pattern: /^(id|hash|(\/([^~/]|~[01])+)+)$/,
    form: 'id, hash or a JSON pointer into data, such as /order_id',
    default: 'id',
    meaning:
      'What makes two deliveries the same event: `id` (with its source), `hash` (of id, type and subject) or a JSON pointer to a business key in `data`, such as `/order_id`.',
  }),
  sagaTimeoutMinutes: wholeNumber('saga_timeout_minutes', {
    min: 1,
    max: 10_080,
    default: 60,
    meaning: 'When a saga that has not ended begins to compensate.',
  }),
} as const;

const ownSettings = {
  environment: choice('environment', {
    values: ['development', 'production'],
    default: 'production',
    meaning: 'Production refuses development keys and connections without TLS.',
  }),
  team: matching('team', {
    pattern: /^[a-z0-9]{1,20}$/,
    form: 'lower-case letters and digits, at most 20',
    default: 'data',
    meaning: 'The {team} of consumer groups.',
  }),
  envelopeProfile: choice('envelope_profile', {
    values: ['strict', 'core'],
    default: 'strict',
    meaning: '`strict` is the house profile of CloudEvents 1.0, `core` the specification alone.',
  }),
  idempotencyStrategy: choice('idempotency_strategy', {
    values: ['table', 'memory', 'delta-lookup', 'optimistic', 'natural'],
    default: 'table',
    meaning:
      'Where consumers with effects remember what they handled: `table`; `delta-lookup` (a Delta table behind a short memory); `optimistic` (versions of entities, extension `sequence`); `natural` (no memory: effects that may repeat); `memory` (one process, development only).',
  }),
  idempotencyClaimLifetimeDays: wholeNumber('idempotency_claim_lifetime_days', {
    min: 1,
    max: 3650,
    default: 45,
    meaning:
      'How long an event is remembered. Longer than every way in which a copy can come late.',
  }),
  idempotencyBuckets: wholeNumber('idempotency_buckets', {
    min: 1,
    max: 256,
    default: 8,
    meaning:
      'Table partitions that claims are spread over. Fixed once there are claims: another number is refused.',
  }),
  idempotencyWindowDays: wholeNumber('idempotency_window_days', {
    min: 1,
    max: 3650,
    default: 30,
    meaning: 'How late a producer may send the same event again and have it recognised.',
  }),
  inboxLeaseSeconds: wholeNumber('inbox_lease_seconds', {
    min: 1,
    max: 100,
    default: 20,
    meaning: 'How long a handler with effects may run. At most a third of the message lock.',
  }),
  serviceBusLockSeconds: wholeNumber('service_bus_lock_seconds', {
    min: 5,
    max: 300,
    default: 60,
    meaning: 'Lock duration of the queues and subscriptions.',
  }),
  serviceBusMessageLifetimeDays: wholeNumber('service_bus_message_lifetime_days', {
    min: 1,
    max: 3650,
    default: 14,
    meaning: 'Time to live of messages. They expire into the dead-letter queue.',
  }),
  sagaVariant: choice('saga_variant', {
    values: ['orchestration', 'choreography'],
    default: 'orchestration',
    meaning:
      'Who leads a saga: one durable orchestration, or the participants by reacting to events.',
  }),
  sagaStepTimeoutSeconds: wholeNumber('saga_step_timeout_seconds', {
    min: 1,
    max: 86_400,
    default: 300,
    meaning: 'How long a command of a saga waits for its first reply before it is sent again.',
  }),
  sagaStepAttempts: wholeNumber('saga_step_attempts', {
    min: 1,
    max: 20,
    default: 3,
    meaning: 'How often a command is sent before its step counts as timed out.',
  }),
  sagaCompensationAttempts: wholeNumber('saga_compensation_attempts', {
    min: 1,
    max: 20,
    default: 5,
    meaning: 'How often a compensation is tried before it is put before a person.',
  }),
  sagaSweepSchedule: matching('saga_sweep_schedule', {
    pattern: scheduleName,
    form: scheduleForm,
    default: '*/30 * * * * *',
    meaning: 'When choreographed sagas are looked for whose answers are overdue.',
  }),
  participantSimulation: custom<string | undefined>('participant_simulation', {
    defaultText: '',
    fallback: undefined,
    parse: succeed,
    meaning:
      'Tells the participants of a development system to fail, be slow or stay silent: JSON rules (docs/sagas.md). Refused in production.',
  }),
  bronzeTarget: choice('bronze_target', {
    values: ['blob', 'adls', 'onelake'],
    default: 'blob',
    meaning: 'What holds the Bronze tables: a blob container, ADLS Gen2 or a OneLake lakehouse.',
  }),
  bronzeUrl: custom<string | undefined>('bronze_url', {
    defaultText: '',
    fallback: undefined,
    parse: parseUrl,
    meaning:
      'For `onelake`: `https://onelake.blob.fabric.microsoft.com/<workspace>/<lakehouse>.Lakehouse`.',
  }),
  bronzeContainer: matching('bronze_container', {
    pattern: containerName,
    form: containerForm,
    default: 'bronze',
    meaning: 'Container of the Bronze tables (not for `onelake`).',
  }),
  payloadContainer: matching('payload_container', {
    pattern: containerName,
    form: containerForm,
    default: 'payloads',
    meaning: 'Container of payloads that are too large for a row or a message.',
  }),
  txnRetentionDays: custom<Retention>('txn_retention_days', {
    defaultText: 'never',
    fallback: 'never',
    parse: parseRetention,
    meaning: 'When a Delta `txn` entry that no longer moves expires: days, or `never`.',
  }),
  settleSchedule: matching('settle_schedule', {
    pattern: scheduleName,
    form: scheduleForm,
    default: '*/30 * * * * *',
    meaning: 'When idle partitions are settled.',
  }),
  settleIdleAfterSeconds: wholeNumber('settle_idle_after_seconds', {
    min: 1,
    max: 86_400,
    default: 300,
    meaning: 'How long a partition must have been quiet before a timer settles it.',
  }),
  maintainSchedule: matching('maintain_schedule', {
    pattern: scheduleName,
    form: scheduleForm,
    default: '0 7 * * * *',
    meaning: 'When Bronze tables are compacted and cleaned up.',
  }),
  cleanSchedule: matching('clean_schedule', {
    pattern: scheduleName,
    form: scheduleForm,
    default: '0 23 2 * * *',
    meaning: 'When expired claims are removed, and payloads of old dead letters.',
  }),
  payloadHashKey: secretKey(
    'payload_hash_key',
    'Key of the payload hash, 32 bytes in base64. Never change it while claims live.',
  ),
  privacyKeyId: matching('privacy_key_id', {
    pattern: /^[A-Za-z0-9_-]{1,32}$/,
    form: 'letters, digits, "_" and "-", at most 32',
    default: 'k1',
    meaning: 'Name of the privacy key, kept with every value that it protects.',
  }),
  privacyKey: secretKey(
    'privacy_key',
    'Key that personal fields are tokenised and encrypted with, 32 bytes in base64.',
  ),
} as const;

/** Every key that this application reads, connections apart. */
export const settings = {
  ...sourceSettings,
  ...ownSettings,
  ...deadLetterSettings,
  ...recoverabilitySettings,
} as const;

function parseRetention(text: string): Result<Retention, string> {
  if (text === 'never') return succeed(text);
  return /^[1-9]\d{0,4}$/.test(text)
    ? succeed(Number(text))
    : fail('use a number of days or never');
}

function parseUrl(text: string): Result<string, string> {
  const isUrl = URL.canParse(text) && /^https?:\/\/[^?#]+$/.test(text);
  return isUrl ? succeed(text.replace(/\/+$/, '')) : fail('use an https URL without a query');
}
