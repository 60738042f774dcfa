import { toLockToken } from '../../../../../local/broker/servicebus/codec/lock-tokens.ts';
import type {
  Message,
  Property,
  PropertyValue,
  StoredMessage,
  SystemProperties,
} from '../../../../../local/broker/servicebus/state/message.ts';
import type {
  QueueIdentifiers,
  QueueOutlets,
  QueueSettings,
} from '../../../../../local/broker/servicebus/state/queue-parts.ts';
import { BrokerQueue } from '../../../../../local/broker/servicebus/state/queue.ts';
import { durationMs, epochMs, type EpochMs } from '../../../../../shared/kernel/time.ts';

/** A real instant: 2026-03-01T12:00:00Z. */
export const noon: EpochMs = epochMs(Date.UTC(2026, 2, 1, 12));

/** An instant some milliseconds after noon. */
export function at(ms: number): EpochMs {
  return epochMs(noon + ms);
}

export interface MessageSketch {
  readonly system?: Partial<SystemProperties>;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  readonly timeToLive?: number;
  readonly scheduledAt?: EpochMs;
}

/** A message as if a producer had sent it, without encoded sections. */
export function messageOf(sketch: MessageSketch = {}): Message {
  const system: SystemProperties = { messageId: 'm', ...sketch.system };
  const entries = Object.entries(sketch.properties ?? {});
  const properties = new Map<string, Property>(entries.map(([name, value]) => [name, { value }]));
  return {
    system,
    properties,
    timeToLive: sketch.timeToLive === undefined ? undefined : durationMs(sketch.timeToLive),
    scheduledAt: sketch.scheduledAt,
    arrived: { raw: [], system, properties },
  };
}

/** The values of the application properties of a message. */
export function valuesOf(message: Message): Record<string, PropertyValue> {
  return Object.fromEntries([...message.properties].map(([name, { value }]) => [name, value]));
}

const settings: QueueSettings = {
  lockDuration: durationMs(60_000),
  maxDeliveryCount: 3,
  defaultTimeToLive: durationMs(3_600_000),
  deadLetteringOnMessageExpiration: false,
  requiresSession: false,
  duplicateDetectionWindow: undefined,
};

function countingIdentifiers(): QueueIdentifiers {
  let sequenceNumber = 0;
  let token = 0;
  return {
    nextSequenceNumber: () => ++sequenceNumber,
    newLockToken: () => toLockToken(`lock-${++token}`),
  };
}

export interface TestQueue {
  readonly queue: BrokerQueue;
  /** What was dead-lettered, in that order. */
  readonly dead: StoredMessage[];
}

/** A queue with an hour to live, a minute's lock and three attempts unless told otherwise. */
export function openQueue(changes: Partial<QueueSettings> = {}, outlets?: QueueOutlets): TestQueue {
  const dead: StoredMessage[] = [];
  const queue = new BrokerQueue(
    { ...settings, ...changes },
    {
      outlets: outlets ?? { deadLetter: (message) => dead.push(message) },
      identifiers: countingIdentifiers(),
    },
  );
  return { queue, dead };
}
