import {
  accepted,
  rejectedWith,
  type IncomingAttach,
  type IncomingDelivery,
  type Outcome,
} from '../../amqp/index.ts';
import { decodeTransfer } from '../codec/decode-message.ts';
import type { Entity } from '../entities/entity-tree.ts';
import type { Message } from '../state/message.ts';
import { entityPathOf } from './addresses.ts';
import type { BrokerContext } from './broker-context.ts';
import { entityNotFound, malformedMessage, notAllowed, sessionIdMissing } from './conditions.ts';

/** Answers a client that wants to send: to a queue or a topic it may. */
export function attachSender(attach: IncomingAttach, context: BrokerContext): void {
  const entity = context.entities.find(entityPathOf(attach.address));
  if (entity === undefined) {
    attach.refuse(entityNotFound(attach.address));
  } else if (entity.kind !== 'queue' && entity.kind !== 'topic') {
    attach.refuse(notAllowed(`Messages cannot be sent to '${entity.path}'.`));
  } else {
    const onDelivery = (delivery: IncomingDelivery): void => {
      delivery.settle(take(delivery, entity, context));
    };
    attach.accept({ onDelivery }, { maxMessageBytes: context.maxMessageBytes });
  }
}

/** Takes all messages of a delivery or none. */
function take(delivery: IncomingDelivery, entity: Entity, context: BrokerContext): Outcome {
  const messages = decodeTransfer(delivery, context);
  if (!messages.ok) return rejectedWith(malformedMessage(messages.problem));
  if (!messages.value.every((message) => fits(message, entity))) {
    return rejectedWith(sessionIdMissing);
  }
  const now = context.clock.now();
  for (const message of messages.value) entity.queue.submit({ message }, now);
  return accepted;
}

function fits(message: Message, { queue }: Entity): boolean {
  return !queue.settings.requiresSession || message.system.sessionId !== undefined;
}
