import type { Transfer } from '../codec/performatives.ts';

/** A message as it came, whole. */
export interface AssembledDelivery {
  readonly deliveryId: number;
  /** 0, or the format of a batch. */
  readonly format: number;
  /** The sender has forgotten it and wants no answer. */
  readonly settled: boolean;
  readonly payload: Buffer;
}

export type Assembly =
  | { readonly type: 'incomplete' }
  | { readonly type: 'complete'; readonly delivery: AssembledDelivery }
  | { readonly type: 'aborted' }
  | { readonly type: 'too-large'; readonly delivery: AssembledDelivery; readonly sizeBytes: number }
  | { readonly type: 'malformed'; readonly problem: string };

/** Joins the transfers of a delivery. One that is too large is counted to its end and not kept. */
export class DeliveryAssembler {
  readonly #maxBytes: number;
  #first: Transfer | undefined;
  #settled = false;
  #chunks: Buffer[] = [];
  #sizeBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(transfer: Transfer, payload: Buffer): Assembly {
    const first = this.#first ?? transfer;
    const problem = problemOf(first, transfer);
    if (problem !== undefined) return { type: 'malformed', problem };
    if (transfer.aborted === true) {
      this.#reset();
      return { type: 'aborted' };
    }
    this.#first = first;
    this.#settled ||= transfer.settled === true;
    this.#sizeBytes += payload.length;
    if (this.#sizeBytes > this.#maxBytes) this.#chunks = [];
    else if (payload.length > 0) this.#chunks.push(payload);
    return transfer.more === true ? { type: 'incomplete' } : this.#complete(first);
  }

  #complete(first: Transfer): Assembly {
    const delivery: AssembledDelivery = {
      deliveryId: first.deliveryId ?? 0,
      format: first.messageFormat ?? 0,
      settled: this.#settled,
      payload: Buffer.concat(this.#chunks),
    };
    const sizeBytes = this.#sizeBytes;
    this.#reset();
    return sizeBytes > this.#maxBytes
      ? { type: 'too-large', delivery, sizeBytes }
      : { type: 'complete', delivery };
  }

  #reset(): void {
    this.#first = undefined;
    this.#settled = false;
    this.#chunks = [];
    this.#sizeBytes = 0;
  }
}

function problemOf(first: Transfer, transfer: Transfer): string | undefined {
  if (first.deliveryId === undefined) return 'the first transfer of a delivery has no delivery-id';
  if (transfer.deliveryId !== undefined && transfer.deliveryId !== first.deliveryId) {
    return 'a delivery started before the one before it was complete';
  }
  return undefined;
}
