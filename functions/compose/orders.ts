import { definitions } from '../../sagas/definitions.ts';
import {
  createDemandReader,
  type DemandReader,
  type SagaDemand,
} from '../../sagas/runner/read-demands.ts';
import {
  sagaKeyOf,
  takeDemand,
  type DemandOutcome,
  type SagaStarter,
} from '../../sagas/runner/take-demand.ts';
import { actOnce } from '../../shared/ingest/act-once.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { epochMs } from '../../shared/kernel/time.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import type { EventReader, ReadItem } from '../../shared/ports/events.ts';
import type { InboxKey } from '../../shared/ports/inbox.ts';
import type { Foundation } from './foundation.ts';
import { openInbox } from './inbox.ts';

/** What the functions of the orders queue do. */
export interface OrderDuty {
  /**
   * Hands a command to the sagas once, however often it is delivered.
   * Errors: `storage.unavailable`, `durable.unavailable`, `inbox.lease_lost` (transient);
   * `message.refused` (permanent) for a command that nobody can handle, which the broker
   * dead-letters when its deliveries run out.
   */
  readonly handleCommand: (starter: SagaStarter, message: BusMessage) => Promise<void>;
  /** Forgets commands that were handled longer ago than the claim lifetime. */
  readonly cleanInbox: () => Promise<void>;
}

/** The name of this consumer in its inbox. */
const consumer = 'orders';

export async function composeOrders(foundation: Foundation): Promise<OrderDuty> {
  const { config, clock, log } = foundation;
  const [reader, { inbox, store }] = await Promise.all([
    foundation.reader(),
    openInbox(foundation),
  ]);
  const demands = createDemandReader(reader, definitions);
  return {
    handleCommand: async (starter, message) => {
      const { key, payloadHash, asked } = readCommand(reader, demands, message);
      const outcome = await actOnce(inbox, { key: { ...key, consumer }, payloadHash }, async () =>
        JSON.stringify(await takeCommand(starter, asked)),
      );
      if (outcome.kind === 'payload-mismatch') throw refused('idempotency.payload_mismatch');
      log.info('Handled an order command', { outcome: outcome.kind, taken: outcome.result });
    },
    cleanInbox: async () => {
      const before = epochMs(clock.now() - config.idempotency.claimLifetime);
      const forgotten = await store.forget(consumer, before);
      log.info('Cleaned the inbox', { consumer, forgotten });
    },
  };
}

function readCommand(reader: EventReader, demands: DemandReader, message: BusMessage) {
  const [item, ...others] = reader.read({ ...message, offset: '' });
  if (others.length > 0) throw refused('batch.not_supported');
  if (item.judgement.kind === 'rejected') {
    throw refused(item.judgement.rejection.violations[0].code);
  }
  const asked = demands.demandsOf(item);
  const [first] = asked;
  if (first === undefined) throw refused('saga.not_concerned');
  const { key, payloadHash } = item.judgement;
  const entity = entityOf(item, sagaKeyOf(first));
  return { key: { ...key, ...(entity && { entity }) }, payloadHash, asked };
}

/** The kinds of what became of the command. */
async function takeCommand(
  starter: SagaStarter,
  asked: readonly SagaDemand[],
): Promise<readonly DemandOutcome['kind'][]> {
  const kinds: DemandOutcome['kind'][] = [];
  for (const demand of asked) {
    const outcome = await takeDemand(starter, demand);
    if (outcome.kind === 'unstartable') throw refused(outcome.code);
    kinds.push(outcome.kind);
  }
  return kinds;
}

/** The saga and its version, by the CloudEvents extension `sequence`, for optimistic locking. */
function entityOf({ columns }: ReadItem, id: string): InboxKey['entity'] {
  const extensions: unknown = JSON.parse(columns.extensions);
  const isKnown = typeof extensions === 'object' && extensions !== null && 'sequence' in extensions;
  const version = isKnown ? Number(extensions.sequence) : Number.NaN;
  return Number.isSafeInteger(version) ? { id, version } : undefined;
}

function refused(code: string): AppError {
  return new AppError('message.refused', `An order command cannot be handled: ${code}.`, {
    kind: 'permanent',
    details: { code },
  });
}
