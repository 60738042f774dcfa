import type { InvocationContext } from '@azure/functions';
import { durableClientInputs, instancesOf } from './durable-client.ts';
import { entities } from './entities.ts';
import { toBusMessage } from './host-shapes.ts';
import type { Registration } from './registration.ts';

/** Hands replays to the handlers of consumers that share their hub or topic, those of a key in order. */
export function registerHandleReplays({ app, run }: Registration): void {
  const options = {
    connection: 'ServiceBus',
    queueName: entities.replaysQueue,
    isSessionsEnabled: true,
    cardinality: 'one',
    dataType: 'binary',
    extraInputs: durableClientInputs,
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ replays }) => {
        const { handle } = await replays();
        const message = toBusMessage(input, context.triggerMetadata);
        await handle(await instancesOf(context), message);
      }),
  } as const;
  app.serviceBusQueue('handle-replays', options);
}
