import { fail, succeed, type Result } from '../kernel/result.ts';
import { durationMs, type DurationMs } from '../kernel/time.ts';
import type { Config } from './config.ts';
import { readConnections } from './connection-set.ts';
import { checkLifetimes, type Lifetimes } from './lifetimes.ts';
import { checkProduction, developmentKeys } from './production.ts';
import { textOf, type ConfigProblem, type Environment } from './problem.ts';
import type { Setting } from './setting.ts';
import { settings, type Retention } from './settings.ts';

/** Reads one setting and records its problem; what it returns then only lets reading go on. */
type ReadSetting = <Value>(setting: Setting<Value>) => Value;

/** What can be said of a setting only by those who use it; a problem is a remedy for a person. */
export interface SettingChecks {
  /** Of the rules of `participant_simulation`. */
  readonly simulation?: (text: string) => Result<unknown, string>;
}

/** The configuration, or every problem at once, by key. */
export function readConfig(
  env: Environment,
  checks: SettingChecks = {},
): Result<Config, readonly ConfigProblem[]> {
  const unreadable = new Map<string, ConfigProblem>();
  const read = createSettingReader(env, unreadable);
  const environment = read(settings.environment);
  const connections = readConnections(env);
  const keys = {
    payloadHash: readKey(env, read, 'payloadHash'),
    privacy: readKey(env, read, 'privacy'),
    privacyId: read(settings.privacyKeyId),
  };
  const part = readSettings(read);
  const problems = [
    ...(environment === 'production'
      ? checkProduction({
          ...{ keys, connections, strategy: part.idempotency.strategy },
          simulation: part.sagas.simulation,
          webhooks: part.deadLetters.webhooks,
        })
      : []),
    ...checkSimulation(part.sagas.simulation, checks),
    ...checkLifetimes(readLifetimes(read)),
    ...checkBronzeTarget(part.bronze),
    ...connections.problems,
    ...unreadable.values(),
  ];
  if (connections.complete === undefined || problems.length > 0) return fail(problems);
  const applicationInsights = textOf(env, 'APPLICATIONINSIGHTS_CONNECTION_STRING');
  return succeed({
    ...part,
    environment,
    keys,
    connections: connections.complete,
    applicationInsights,
  });
}

function createSettingReader(
  env: Environment,
  unreadable: Map<string, ConfigProblem>,
): ReadSetting {
  return (setting) => {
    const { key, fallback } = setting;
    const text = textOf(env, key);
    if (text === undefined) return fallback;
    const result = setting.parse(text);
    if (result.ok) return result.value;
    const value = setting.isSecret ? '(not shown)' : text;
    unreadable.set(key, { key, value, remedy: result.problem });
    return fallback;
  };
}

/** A key that is not given is the development key; whether that may be is for production to say. */
function readKey(
  env: Environment,
  read: ReadSetting,
  name: keyof typeof developmentKeys,
): Uint8Array {
  const setting = { payloadHash: settings.payloadHashKey, privacy: settings.privacyKey }[name];
  return textOf(env, setting.key) === undefined ? developmentKeys[name] : read(setting);
}

/** What settings alone decide. */
type SettingsPart = Omit<Config, 'environment' | 'keys' | 'connections' | 'applicationInsights'>;

function readSettings(read: ReadSetting): SettingsPart {
  return {
    events: {
      profile: read(settings.envelopeProfile),
      maxSizeBytes: read(settings.maxEventSizeKb) * 1024,
      idempotencyKey: read(settings.idempotencyKeyField),
      schemaRegistry: read(settings.schemaRegistryProvider),
    },
    publishing: {
      service: read(settings.primaryMessagingService),
      schemaFormat: read(settings.eventSchemaFormat),
      guarantee: read(settings.deliveryGuarantee),
    },
    hubs: readHubs(read),
    bus: {
      requiresSessions: read(settings.serviceBusSessions) === 'Enabled',
      lock: seconds(read(settings.serviceBusLockSeconds)),
    },
    idempotency: {
      strategy: read(settings.idempotencyStrategy),
      claimLifetime: daysOf(read(settings.idempotencyClaimLifetimeDays)),
      buckets: read(settings.idempotencyBuckets),
      inboxLease: seconds(read(settings.inboxLeaseSeconds)),
    },
    bronze: {
      target: read(settings.bronzeTarget),
      url: read(settings.bronzeUrl),
      container: read(settings.bronzeContainer),
      txnRetention: retention(read(settings.txnRetentionDays)),
    },
    payloadContainer: read(settings.payloadContainer),
    deadLetterRetention: daysOf(read(settings.dlqRetentionDays)),
    deadLetters: readDeadLetters(read),
    recoverability: readRecoverability(read),
    sagas: readSagas(read),
    schedules: {
      settle: read(settings.settleSchedule),
      maintain: read(settings.maintainSchedule),
      clean: read(settings.cleanSchedule),
    },
    settleIdleAfter: seconds(read(settings.settleIdleAfterSeconds)),
  };
}

function readHubs(read: ReadSetting): Config['hubs'] {
  const naming = read(settings.consumerGroupNaming);
  const team = read(settings.team);
  const group = (purpose: string): string =>
    naming.replaceAll('{team}', team).replaceAll('{purpose}', purpose);
  return {
    partitions: read(settings.eventHubPartitions),
    bronzeGroup: group('bronze'),
    rereadGroup: group('reread'),
    sagaGroup: group('sagas'),
  };
}

function readDeadLetters(read: ReadSetting): Config['deadLetters'] {
  return {
    entities: read(settings.deadLetterEntities),
    eventGridPath: read(settings.eventGridDeadLetterPath),
    eventGridSource: read(settings.eventGridDeadLetterSource),
    schedule: read(settings.deadLetterSchedule),
    limits: {
      depth: read(settings.deadLetterAlertDepth),
      hourly: read(settings.deadLetterAlertHourly),
      ageHours: read(settings.deadLetterAlertAgeHours),
      growth: read(settings.deadLetterAlertGrowth),
    },
    replayTargets: read(settings.deadLetterReplayTargets),
    normal: {
      weeks: read(settings.deadLetterNormalWeeks),
      floor: read(settings.deadLetterNormalFloor),
    },
    roles: {
      reader: read(settings.deadLetterReaderRole),
      operator: read(settings.deadLetterOperatorRole),
    },
    webhooks: {
      'data-engineering': read(settings.alertWebhookDataEngineering),
      'on-call': read(settings.alertWebhookOnCall),
      'data-steward': read(settings.alertWebhookDataSteward),
      investigation: read(settings.alertWebhookInvestigation),
    },
  };
}

function readRecoverability(read: ReadSetting): Config['recoverability'] {
  return {
    retries: {
      immediate: read(settings.retryImmediate),
      delays: read(settings.retryDelaysSeconds).map(seconds),
      jitter: read(settings.retryJitterPercent) / 100,
    },
    circuits: {
      failures: read(settings.circuitFailures),
      window: seconds(read(settings.circuitWindowSeconds)),
      coolDown: seconds(read(settings.circuitCoolDownSeconds)),
      refresh: seconds(read(settings.circuitRefreshSeconds)),
    },
    orderedEntities: read(settings.deadLetterOrderedEntities),
  };
}

function readSagas(read: ReadSetting): Config['sagas'] {
  return {
    variant: read(settings.sagaVariant),
    timeout: seconds(read(settings.sagaTimeoutMinutes) * 60),
    stepTimeout: seconds(read(settings.sagaStepTimeoutSeconds)),
    stepAttempts: read(settings.sagaStepAttempts),
    compensationAttempts: read(settings.sagaCompensationAttempts),
    sweepSchedule: read(settings.sagaSweepSchedule),
    simulation: read(settings.participantSimulation),
  };
}

function readLifetimes(read: ReadSetting): Lifetimes {
  return {
    claimDays: read(settings.idempotencyClaimLifetimeDays),
    hubRetentionDays: read(settings.eventRetentionDays),
    messageLifetimeDays: read(settings.serviceBusMessageLifetimeDays),
    deadLetterDwellDays: read(settings.dlqRetentionDays),
    windowDays: read(settings.idempotencyWindowDays),
    txnRetentionDays: read(settings.txnRetentionDays),
    lockSeconds: read(settings.serviceBusLockSeconds),
    leaseSeconds: read(settings.inboxLeaseSeconds),
  };
}

function checkBronzeTarget({ target, url }: Config['bronze']): readonly ConfigProblem[] {
  if ((target === 'onelake') === (url !== undefined)) return [];
  const remedy =
    url === undefined
      ? 'set it to the lakehouse, for example https://onelake.blob.fabric.microsoft.com/sales/bronze.Lakehouse'
      : `leave it empty: bronze_target is ${target}, its account is that of BronzeStorage`;
  return [{ key: settings.bronzeUrl.key, value: url ?? '(not set)', remedy }];
}

function checkSimulation(
  rules: string | undefined,
  { simulation: check }: SettingChecks,
): readonly ConfigProblem[] {
  const result = rules === undefined ? undefined : check?.(rules);
  if (rules === undefined || result === undefined || result.ok) return [];
  return [{ key: settings.participantSimulation.key, value: rules, remedy: result.problem }];
}

function retention(days: Retention): DurationMs | undefined {
  return days === 'never' ? undefined : daysOf(days);
}

function daysOf(count: number): DurationMs {
  return durationMs(count * 24 * 60 * 60 * 1000);
}

function seconds(count: number): DurationMs {
  return durationMs(count * 1000);
}
