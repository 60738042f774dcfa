import type { InvocationContext } from '@azure/functions';
import { durableClientInputs, instancesOf } from './durable-client.ts';
import { entities } from './entities.ts';
import { toBusMessage } from './host-shapes.ts';
import type { Registration } from './registration.ts';

/** Handles the commands of one order after the other, and different orders at the same time. */
export function registerHandleOrderCommand({ app, run }: Registration): void {
  const options = {
    connection: 'ServiceBus',
    queueName: entities.ordersQueue,
    isSessionsEnabled: true,
    cardinality: 'one',
    dataType: 'binary',
    extraInputs: durableClientInputs,
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ orders, sagas }) => {
        const [{ handleCommand }, { starter }] = await Promise.all([orders(), sagas()]);
        const message = toBusMessage(input, context.triggerMetadata);
        await handleCommand(starter(await instancesOf(context)), message);
      }),
  } as const;
  app.serviceBusQueue('handle-order-command', options);
}
