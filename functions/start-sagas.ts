import type { InvocationContext } from '@azure/functions';
import { durableClientInputs, instancesOf } from './durable-client.ts';
import { entities, subscriptionPath } from './entities.ts';
import { endlessRetry } from './endless-retry.ts';
import { toBusMessages, toHubDelivery } from './host-shapes.ts';
import type { Registration } from './registration.ts';

/** Starts and cancels sagas for the events of the hub and of the topic, beside their landing. */
export function registerStartSagas(registration: Registration): void {
  registerHub(registration);
  registerTopic(registration);
}

function registerHub({ app, config, run }: Registration): void {
  const options = {
    connection: 'EventHubs',
    eventHubName: entities.eventsHub,
    consumerGroup: config.hubs.sagaGroup,
    cardinality: 'many',
    dataType: 'binary',
    retry: endlessRetry,
    extraInputs: durableClientInputs,
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ sagas }) => {
        const { takeEvents } = await sagas();
        const delivery = toHubDelivery(input, context.triggerMetadata);
        const hub = entities.eventsHub;
        await takeEvents(await instancesOf(context), { kind: 'hub', hub, ...delivery });
      }),
  } as const;
  app.eventHub('start-sagas-from-hub', options);
}

function registerTopic({ app, config, run }: Registration): void {
  const entity = subscriptionPath(entities.upstreamTopic, entities.sagaSubscription);
  const options = {
    connection: 'ServiceBus',
    topicName: entities.upstreamTopic,
    subscriptionName: entities.sagaSubscription,
    isSessionsEnabled: config.bus.requiresSessions,
    cardinality: 'many',
    dataType: 'binary',
    extraInputs: durableClientInputs,
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ sagas }) => {
        const { takeEvents } = await sagas();
        const messages = toBusMessages(input, context.triggerMetadata);
        await takeEvents(await instancesOf(context), { kind: 'bus', entity, messages });
      }),
  } as const;
  app.serviceBusTopic('start-sagas-from-topic', options);
}
