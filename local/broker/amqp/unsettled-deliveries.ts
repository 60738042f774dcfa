import type { Outcome } from './codec/outcomes.ts';
import { released } from './codec/outcomes.ts';
import type { Disposition } from './codec/performatives.ts';
import type { OutgoingDelivery } from './endpoint.ts';

interface Unsettled {
  readonly handle: number;
  readonly onOutcome: OutgoingDelivery['onOutcome'];
  /** The client has said its outcome and waits for ours. */
  isAnswered: boolean;
}

/** The deliveries of a session that were sent unsettled and have no final answer. */
export class UnsettledDeliveries {
  readonly #entries = new Map<number, Unsettled>();
  readonly #write: (disposition: Disposition) => void;

  constructor(write: (disposition: Disposition) => void) {
    this.#write = write;
  }

  add(deliveryId: number, handle: number, delivery: OutgoingDelivery): void {
    const { onOutcome } = delivery;
    this.#entries.set(deliveryId, { handle, onOutcome, isAnswered: false });
  }

  /** Applies a disposition of the client. Ids that are not known (any more) are passed over. */
  onDisposition(disposition: Disposition): void {
    for (const deliveryId of this.#idsOf(disposition)) this.#answer(deliveryId, disposition);
  }

  dropLink(handle: number): void {
    for (const [deliveryId, entry] of this.#entries) {
      if (entry.handle === handle) this.#entries.delete(deliveryId);
    }
  }

  #answer(deliveryId: number, disposition: Disposition): void {
    const entry = this.#entries.get(deliveryId);
    if (entry === undefined) return;
    if (disposition.settled) this.#entries.delete(deliveryId);
    // Settled without a state: nobody said that it was handled.
    const outcome = disposition.outcome ?? (disposition.settled ? released : undefined);
    if (outcome === undefined || entry.isAnswered) return;
    entry.isAnswered = true;
    entry.onOutcome?.({
      outcome,
      reply: (state) => {
        this.#reply(deliveryId, entry, state);
      },
    });
  }

  #reply(deliveryId: number, entry: Unsettled, outcome: Outcome): void {
    if (this.#entries.get(deliveryId) !== entry) return;
    this.#entries.delete(deliveryId);
    this.#write({ type: 'disposition', role: 'sender', first: deliveryId, settled: true, outcome });
  }

  /** A range may be wider than what was ever sent: never count through it. */
  #idsOf(disposition: Disposition): readonly number[] {
    const last = disposition.last ?? disposition.first;
    if (last === disposition.first) return [last];
    return [...this.#entries.keys()].filter((id) => id >= disposition.first && id <= last);
  }
}
