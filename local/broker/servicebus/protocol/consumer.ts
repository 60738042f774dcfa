import type { EpochMs } from '../../../../shared/kernel/time.ts';
import type { OutgoingLink } from '../../amqp/index.ts';
import { encodeMessage } from '../codec/encode-message.ts';
import { lockTokenTag } from '../codec/lock-tokens.ts';
import type { Delivery, ReceiveMode } from '../state/delivery.ts';
import type { LockToken } from '../state/message.ts';
import type { BrokerQueue } from '../state/queue.ts';
import type { SessionLock } from '../state/session-table.ts';
import type { BrokerContext } from './broker-context.ts';
import { toReply, toSettlement } from './settlements.ts';

const tagBytes = 16;

/** What a receiving client has attached to. */
export interface Consumption {
  readonly queue: BrokerQueue;
  readonly mode: ReceiveMode;
  readonly session: SessionLock | undefined;
}

/** One client that receives from one queue, or from one session of it. */
export class Consumer {
  readonly link: OutgoingLink;
  readonly session: SessionLock | undefined;
  readonly #consumption: Consumption;
  readonly #context: BrokerContext;

  constructor(link: OutgoingLink, consumption: Consumption, context: BrokerContext) {
    this.link = link;
    this.session = consumption.session;
    this.#consumption = consumption;
    this.#context = context;
  }

  /** Sends one message; false if there is none for this client or it takes none now. */
  deliverOne(now: EpochMs): boolean {
    if (!this.link.isOpen || this.link.credit <= 0) return false;
    const delivery = this.#consumption.queue.receive(this.#consumption, now);
    if (delivery === undefined) return false;
    const payload = encodeMessage(delivery.message, { lockedUntil: delivery.lock?.until });
    const { lock } = delivery;
    if (lock === undefined) this.link.send({ tag: tagOf(delivery), payload, settled: true });
    else this.#sendLocked(lock.token, { tag: tagOf(delivery), payload });
    return true;
  }

  #sendLocked(token: LockToken, message: { readonly tag: Buffer; readonly payload: Buffer }): void {
    this.link.send({
      ...message,
      settled: false,
      onOutcome: (answer) => {
        const request = { token, settlement: toSettlement(answer.outcome) };
        const settled = this.#consumption.queue.settle(request, this.#context.clock.now());
        answer.reply(toReply(answer.outcome, settled));
      },
    });
  }
}

/** The lock token; without a lock the sequence number tells deliveries apart. */
function tagOf({ lock, message }: Delivery): Buffer {
  if (lock !== undefined) return lockTokenTag(lock.token);
  const tag = Buffer.alloc(tagBytes);
  tag.writeBigInt64BE(BigInt(message.sequenceNumber));
  return tag;
}
