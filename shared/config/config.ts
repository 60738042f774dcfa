import type { DurationMs } from '../kernel/time.ts';
import type { BrokerConnection, StorageConnection } from './connections.ts';

/** The whole configuration: read once, checked, and passed to whoever needs a part of it. */
export interface Config {
  readonly environment: 'development' | 'production';
  readonly events: {
    readonly profile: 'strict' | 'core';
    readonly maxSizeBytes: number;
    /** `id`, `hash` or a JSON pointer into `data`. */
    readonly idempotencyKey: string;
    readonly schemaRegistry: 'files';
  };
  readonly publishing: {
    readonly service: 'Azure Event Hubs' | 'Azure Service Bus';
    readonly schemaFormat: 'CloudEvents v1.0 (JSON)' | 'CloudEvents v1.0 (Avro)';
    readonly guarantee: 'At-least-once' | 'Exactly-once';
  };
  readonly hubs: {
    readonly partitions: number;
    /** Reads for Bronze; its name is part of every author. */
    readonly bronzeGroup: string;
    /** Reads again what the trigger's reader has passed. */
    readonly rereadGroup: string;
    /** Reads for sagas. */
    readonly sagaGroup: string;
  };
  readonly bus: {
    readonly requiresSessions: boolean;
    readonly lock: DurationMs;
  };
  readonly idempotency: {
    readonly strategy: 'table' | 'memory' | 'delta-lookup' | 'optimistic' | 'natural';
    readonly claimLifetime: DurationMs;
    readonly buckets: number;
    readonly inboxLease: DurationMs;
  };
  readonly bronze: {
    readonly target: 'blob' | 'adls' | 'onelake';
    /** Given if and only if the target is `onelake`. */
    readonly url: string | undefined;
    readonly container: string;
    /** When a `txn` entry that no longer moves expires; undefined is never. */
    readonly txnRetention: DurationMs | undefined;
  };
  readonly payloadContainer: string;
  readonly deadLetterRetention: DurationMs;
  readonly deadLetters: {
    /** Queues and subscriptions whose dead-letter queues are ingested; undefined is all. */
    readonly entities: readonly string[] | undefined;
    /** A blob path with parameters, as a blob trigger takes it. */
    readonly eventGridPath: string;
    readonly eventGridSource: 'LogsAndContainerScan' | 'EventGrid';
    readonly schedule: string;
    /** Alerts are raised when a value is more than its limit. */
    readonly limits: {
      readonly depth: number;
      readonly hourly: number;
      readonly ageHours: number;
      readonly growth: number;
    };
    readonly normal: { readonly weeks: number; readonly floor: number };
    /** Which roles of a signed-in person may do what. */
    readonly roles: { readonly reader: string; readonly operator: string };
    /** Queues for the replays of origins that have no way of their own. */
    readonly replayTargets: ReadonlyMap<string, string>;
    /** By the role that is told; undefined tells the log alone. */
    readonly webhooks: Readonly<
      Record<'data-engineering' | 'on-call' | 'data-steward' | 'investigation', string | undefined>
    >;
  };
  readonly recoverability: {
    readonly retries: {
      readonly immediate: number;
      /** One for each delayed round. */
      readonly delays: readonly DurationMs[];
      /** A delay becomes longer by up to this share of it. */
      readonly jitter: number;
    };
    readonly circuits: {
      readonly failures: number;
      readonly window: DurationMs;
      readonly coolDown: DurationMs;
      readonly refresh: DurationMs;
    };
    /** Entities whose sessions keep their order although a message of them died. */
    readonly orderedEntities: readonly string[];
  };
  readonly sagas: {
    readonly variant: 'orchestration' | 'choreography';
    /** When a saga that has not ended begins to compensate. */
    readonly timeout: DurationMs;
    readonly stepTimeout: DurationMs;
    readonly stepAttempts: number;
    readonly compensationAttempts: number;
    readonly sweepSchedule: string;
    /** JSON rules for participants; undefined in production. */
    readonly simulation: string | undefined;
  };
  readonly keys: {
    readonly payloadHash: Uint8Array;
    readonly privacy: Uint8Array;
    /** Kept with every value that the privacy key protects. */
    readonly privacyId: string;
  };
  readonly schedules: {
    readonly settle: string;
    readonly maintain: string;
    readonly clean: string;
  };
  /** How long a partition must have been quiet before a timer settles it. */
  readonly settleIdleAfter: DurationMs;
  readonly connections: {
    readonly eventHubs: BrokerConnection;
    readonly serviceBus: BrokerConnection;
    /** Claims, plans, inbox and payloads. */
    readonly stateStorage: StorageConnection;
    readonly bronzeStorage: StorageConnection;
  };
  /** Where telemetry goes; undefined sends none. */
  readonly applicationInsights: string | undefined;
}
