import type { InvocationContext } from '@azure/functions';
import { entities } from './entities.ts';
import { toBusMessages } from './host-shapes.ts';
import type { Registration } from './registration.ts';

/** Relays the messages of the upstream topic to the landing hub; returning settles them. */
export function registerRelayEvents({ app, config, run }: Registration): void {
  const options = {
    connection: 'ServiceBus',
    topicName: entities.upstreamTopic,
    subscriptionName: entities.relaySubscription,
    isSessionsEnabled: config.bus.requiresSessions,
    cardinality: 'many',
    dataType: 'binary',
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ relay }) => {
        const { relayMessages } = await relay();
        await relayMessages(toBusMessages(input, context.triggerMetadata));
      }),
  } as const;
  app.serviceBusTopic('relay-events', options);
}
