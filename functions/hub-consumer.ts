import type { InvocationContext } from '@azure/functions';
import { endlessRetry } from './endless-retry.ts';
import { toHubDelivery } from './host-shapes.ts';
import type { Registration } from './registration.ts';

/** Registers the Bronze consumer on one hub. It throws only when something that it needs is down. */
export function registerHubConsumer(
  { app, config, run }: Registration,
  { name, hub }: { readonly name: string; readonly hub: string },
): void {
  const options = {
    connection: 'EventHubs',
    eventHubName: hub,
    consumerGroup: config.hubs.bronzeGroup,
    cardinality: 'many',
    // Bytes as sent: a parsed body has lost number spellings and key order.
    dataType: 'binary',
    retry: endlessRetry,
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ bronze }) => {
        const { consume } = await bronze();
        await consume(hub, toHubDelivery(input, context.triggerMetadata));
      }),
  } as const;
  app.eventHub(name, options);
}
