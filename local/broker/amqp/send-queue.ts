import type { Transfer } from './codec/performatives.ts';
import type { OutgoingDelivery } from './endpoint.ts';

interface QueuedDelivery {
  readonly handle: number;
  readonly delivery: OutgoingDelivery;
  deliveryId: number | undefined;
  sentBytes: number;
}

/** Where the queue writes to while the session window has room. */
export interface TransferSink {
  hasRoom(): boolean;
  /** Called when the first transfer of a delivery is about to be written; returns its id. */
  startDelivery(handle: number, delivery: OutgoingDelivery): number;
  writeTransfer(transfer: Transfer, payload: Buffer): void;
}

/** Deliveries in the order in which they were sent, cut into transfers that fit a frame. */
export class SendQueue {
  readonly #maxPayloadBytes: number;
  #items: (QueuedDelivery | (() => void))[] = [];

  constructor(maxPayloadBytes: number) {
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  push(handle: number, delivery: OutgoingDelivery): void {
    this.#items.push({ handle, delivery, deliveryId: undefined, sentBytes: 0 });
  }

  /** The action runs when everything pushed before it has been written. */
  pushAction(action: () => void): void {
    this.#items.push(action);
  }

  dropLink(handle: number): void {
    this.#items = this.#items.filter(
      (item) => typeof item === 'function' || item.handle !== handle,
    );
  }

  flush(sink: TransferSink): void {
    for (let item = this.#items[0]; item !== undefined; item = this.#items[0]) {
      if (typeof item === 'function') item();
      else if (!this.#writeDelivery(item, sink)) return;
      this.#items.shift();
    }
  }

  /** False when the window closed before the delivery was complete. */
  #writeDelivery(item: QueuedDelivery, sink: TransferSink): boolean {
    const { payload, tag, settled } = item.delivery;
    do {
      if (!sink.hasRoom()) return false;
      item.deliveryId ??= sink.startDelivery(item.handle, item.delivery);
      const end = Math.min(item.sentBytes + this.#maxPayloadBytes, payload.length);
      const isFirst = item.sentBytes === 0;
      sink.writeTransfer(
        {
          type: 'transfer',
          handle: item.handle,
          deliveryId: item.deliveryId,
          ...(isFirst ? { deliveryTag: tag, messageFormat: 0 } : {}),
          settled,
          more: end < payload.length,
        },
        payload.subarray(item.sentBytes, end),
      );
      item.sentBytes = end;
    } while (item.sentBytes < payload.length);
    return true;
  }
}
