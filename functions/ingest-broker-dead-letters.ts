import type { InvocationContext } from '@azure/functions';
import { busEntities, spellEntity } from './entities.ts';
import type { Registration } from './registration.ts';

/**
 * Takes what the broker gave up out of the dead-letter queue of every configured entity. It throws
 * only when something that it needs is down: a dead-letter queue has no dead-letter queue, so what
 * is refused for its content would come back for ever.
 */
export function registerIngestBrokerDeadLetters({ app, config, run }: Registration): void {
  const entities = config.deadLetters.entities?.map(spellEntity) ?? busEntities;
  for (const entity of new Set(entities)) {
    const options = {
      connection: 'ServiceBus',
      cardinality: 'many',
      dataType: 'binary',
      handler: (input: unknown, context: InvocationContext) =>
        run(context, async ({ deadLetterSources }) => {
          const [{ toDeadMessages }, { ingestBroker }] = await Promise.all([
            import('./dead-message-shapes.ts'),
            deadLetterSources(),
          ]);
          await ingestBroker(entity, toDeadMessages(input, context.triggerMetadata));
        }),
    } as const;
    const name = `ingest-dead-letters-of-${slugOf(entity)}`;
    const [topicName, subscription] = entity.split(/\/subscriptions\//i);
    if (topicName === undefined || subscription === undefined) {
      app.serviceBusQueue(name, { ...options, queueName: deadLetterPath(entity) });
    } else {
      const subscriptionName = deadLetterPath(subscription);
      app.serviceBusTopic(name, { ...options, topicName, subscriptionName });
    }
  }
}

function deadLetterPath(path: string): string {
  return `${path}/$DeadLetterQueue`;
}

/** Names of functions have letters, digits and hyphens. */
function slugOf(entity: string): string {
  return entity
    .replace(/\/subscriptions\//i, '-')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 100);
}
