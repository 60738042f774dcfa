import { parseObject } from './parse-object.ts';
import { replayProperties } from '../../kernel/replay-properties.ts';
import type { DeadLetterRecord } from '../../ports/dead-letters.ts';
import type { ReplayTarget } from '../../ports/replays.ts';

/** How consumers are reached without reaching anybody else. Names are compared without their case. */
export interface ReplayWays {
  /** The hub that Bronze alone reads, and the origins that are Bronze's. */
  readonly bronze: { readonly hub: string; readonly origins: readonly string[] };
  /** Queues of one consumer each. */
  readonly queues: readonly string[];
  /** The queue of replays, and the origins whose handlers its function calls. */
  readonly handlers: { readonly queue: string; readonly origins: readonly string[] };
  /** Queues that the configuration names for origins that have no way of their own. */
  readonly chosen: ReadonlyMap<string, string>;
}

/**
 * The consumer that failed: the origin, except of what died in the queue of replays, which is there
 * for the consumer that its property names.
 */
export function consumerOf(
  { origin, properties }: Pick<DeadLetterRecord, 'origin' | 'properties'>,
  { handlers }: Pick<ReplayWays, 'handlers'>,
): string {
  if (!isSame(origin, handlers.queue)) return origin;
  const named = parseObject(properties)?.get(replayProperties.origin);
  return typeof named === 'string' ? named : origin;
}

/** Where a letter of a consumer is sent to; undefined when no way leads to that consumer alone. Pure. */
export function findTarget(consumer: string, ways: ReplayWays): ReplayTarget | undefined {
  const { bronze, queues, handlers, chosen } = ways;
  if (includes(bronze.origins, consumer)) return { kind: 'hub', entity: bronze.hub };
  if (includes(handlers.origins, consumer)) return { kind: 'handler', entity: handlers.queue };
  const queue = queues.find((name) => isSame(name, consumer));
  if (queue !== undefined) return { kind: 'queue', entity: queue };
  const entry = [...chosen].find(([origin]) => isSame(origin, consumer));
  return entry === undefined ? undefined : { kind: 'queue', entity: entry[1] };
}

function includes(names: readonly string[], wanted: string): boolean {
  return names.some((name) => isSame(name, wanted));
}

/** Service Bus and Event Hubs take names in any case. */
function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
