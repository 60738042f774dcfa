import {
  isServiceBusError,
  type ServiceBusClient,
  type ServiceBusSender,
} from '@azure/service-bus';
import { AppError } from '../kernel/app-error.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { BusSender, OutgoingMessage } from '../ports/bus.ts';

/** Sends through one link per entity, which stays open with the client. */
export function createBusSender(client: ServiceBusClient): BusSender {
  const senders = new Map<string, ServiceBusSender>();
  return {
    send: async (entity, message, deliverAt) => {
      const sender = senders.get(entity) ?? client.createSender(entity);
      senders.set(entity, sender);
      try {
        await sender.sendMessages(toServiceBusMessage(message, deliverAt));
      } catch (cause) {
        throw sendFailure(entity, cause);
      }
    },
  };
}

function toServiceBusMessage(message: OutgoingMessage, deliverAt: EpochMs | undefined) {
  const { properties, body, ...rest } = message;
  return {
    ...rest,
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    applicationProperties: { ...properties },
    ...(deliverAt !== undefined && { scheduledEnqueueTimeUtc: new Date(deliverAt) }),
  };
}

function sendFailure(entity: string, cause: unknown): AppError {
  if (isServiceBusError(cause) && cause.code === 'MessageSizeExceeded') {
    const message = `A message is too large for ${entity}.`;
    return new AppError('message.refused', message, {
      kind: 'permanent',
      cause,
      details: { entity },
    });
  }
  return new AppError('broker.unavailable', `${entity} did not take a message.`, {
    kind: 'transient',
    cause,
    details: { entity },
  });
}
