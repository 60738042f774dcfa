import {
  ServiceBusClient,
  type ServiceBusReceiver,
  type ServiceBusSessionReceiver,
} from '@azure/service-bus';
import type { ConnectionTarget } from '../../settings/connection.ts';
import { createCredential } from '../../storage/credential.ts';
import type { ServiceBusEntity } from './service-bus-entity.ts';

export async function connectServiceBus(target: ConnectionTarget): Promise<ServiceBusClient> {
  return target.kind === 'connectionString'
    ? new ServiceBusClient(target.connectionString)
    : new ServiceBusClient(target.endpoint, await createCredential(target));
}

/** A peek-lock receiver of an entity. @param renewLockMs 0: locks are not renewed */
export function openReceiver(
  client: ServiceBusClient,
  entity: ServiceBusEntity,
  renewLockMs: number,
): ServiceBusReceiver {
  const options = {
    maxAutoLockRenewalDurationInMs: renewLockMs,
    // Bytes stay bytes: the SDK would parse and thereby change them.
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
    ...(entity.subQueue !== undefined && { subQueueType: entity.subQueue }),
  };
  return entity.kind === 'queue'
    ? client.createReceiver(entity.queue, options)
    : client.createReceiver(entity.topic, entity.subscription, options);
}

/** The next session that has messages. Errors: `ServiceTimeout` if there is none for a minute. */
export function acceptSession(
  client: ServiceBusClient,
  entity: ServiceBusEntity,
  { renewLockMs, signal }: { readonly renewLockMs: number; readonly signal: AbortSignal },
): Promise<ServiceBusSessionReceiver> {
  const options = {
    maxAutoLockRenewalDurationInMs: renewLockMs,
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
    abortSignal: signal,
  };
  return entity.kind === 'queue'
    ? client.acceptNextSession(entity.queue, options)
    : client.acceptNextSession(entity.topic, entity.subscription, options);
}
