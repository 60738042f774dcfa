import type { LoadBalancingOptions } from '@azure/event-hubs';
import { resolveMessagingConnection } from '../../settings/connection.ts';
import type { LocalOptions } from '../../settings/local-options.ts';
import { requireHostStorage } from '../../storage/host-storage.ts';
import { readPayloadOptions } from '../message-payload.ts';
import type { TriggerKind } from '../trigger-kind.ts';
import { deferListener, idleListener } from '../deferred-listener.ts';

const defaultConnection = 'AzureWebJobsEventHub';

/** Event Hubs triggers, on the SDK's processor with checkpoints in blobs. */
export const eventHubTriggerKind: TriggerKind = {
  type: 'eventHubTrigger',
  prepare(target, options, services) {
    const { settings, hostJson, local, log, newId } = services;
    const name = options.text('connection') ?? defaultConnection;
    const connection = resolveMessagingConnection(settings, name);
    if (!connection.ok) {
      options.add('connection', connection.problem.problem, connection.problem.remedy);
    }
    const storage = requireHostStorage(settings, options);
    const eventHubName = options.requiredText('eventHubName');
    const consumerGroup = options.text('consumerGroup') ?? '$Default';
    const payload = readPayloadOptions(options);
    if (!connection.ok || storage === undefined) return idleListener;
    return deferListener(async () => {
      const { EventHubListener } = await import('./event-hub-listener.ts');
      return new EventHubListener({
        ...{ target, payload, eventHubName, consumerGroup, storage, log },
        connection: connection.value,
        hub: hostJson.eventHubs,
        balancing: readBalancing(local),
        ownerId: newId(),
      });
    });
  },
};

/** The SDK's own intervals unless settings shorten them. */
function readBalancing(local: LocalOptions): LoadBalancingOptions {
  const { loadBalancingIntervalMs: interval, ownershipExpiryMs: expiry } = local;
  return {
    strategy: 'greedy',
    ...(interval !== undefined && { updateIntervalInMs: interval }),
    ...(expiry !== undefined && { partitionOwnershipExpirationIntervalInMs: expiry }),
  };
}
