import { decideOrder, readOrderCommand } from '../../domain/orders/order-command.ts';
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
   * Handles a command once, however often it is delivered.
   * Errors: `storage.unavailable`, `inbox.lease_lost` (transient); `message.refused` (permanent) for
   * a command that nobody can handle, which the broker dead-letters when its deliveries run out.
   */
  readonly handleCommand: (message: BusMessage) => Promise<void>;
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
  return {
    handleCommand: async (message) => {
      const { key, payloadHash, command } = readCommand(reader, message);
      const outcome = await actOnce(inbox, { key: { ...key, consumer }, payloadHash }, () =>
        Promise.resolve(JSON.stringify(decideOrder(command))),
      );
      if (outcome.kind === 'payload-mismatch') throw refused('idempotency.payload_mismatch');
      log.info('Handled an order command', { outcome: outcome.kind, command: command.name });
    },
    cleanInbox: async () => {
      const before = epochMs(clock.now() - config.idempotency.claimLifetime);
      const forgotten = await store.forget(consumer, before);
      log.info('Cleaned the inbox', { consumer, forgotten });
    },
  };
}

function readCommand(reader: EventReader, message: BusMessage) {
  const [item, ...others] = reader.read({ ...message, offset: '' });
  if (others.length > 0) throw refused('batch.not_supported');
  if (item.judgement.kind === 'rejected') {
    throw refused(item.judgement.rejection.violations[0].code);
  }
  const command = readOrderCommand(item.columns.event_type ?? '', dataOf(item));
  if (!command.ok) throw refused('order.unreadable');
  const { key, payloadHash } = item.judgement;
  const entity = entityOf(item, command.value.orderId);
  return { key: { ...key, ...(entity && { entity }) }, payloadHash, command: command.value };
}

/** The order and its version, by the CloudEvents extension `sequence`, for optimistic locking. */
function entityOf({ columns }: ReadItem, id: string): InboxKey['entity'] {
  const extensions: unknown = JSON.parse(columns.extensions);
  const isKnown = typeof extensions === 'object' && extensions !== null && 'sequence' in extensions;
  const version = isKnown ? Number(extensions.sequence) : Number.NaN;
  return Number.isSafeInteger(version) ? { id, version } : undefined;
}

/** Accepted JSON parses; Avro stands in its column as base64 text and is no order. */
function dataOf({ columns }: ReadItem): unknown {
  const isJson = columns.datacontenttype !== 'application/avro';
  return isJson && columns.data !== null ? JSON.parse(columns.data) : undefined;
}

function refused(code: string): AppError {
  return new AppError('message.refused', `An order command cannot be handled: ${code}.`, {
    kind: 'permanent',
    details: { code },
  });
}
