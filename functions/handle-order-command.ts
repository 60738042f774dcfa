import type { InvocationContext } from '@azure/functions';
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
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ orders }) => {
        const { handleCommand } = await orders();
        await handleCommand(toBusMessage(input, context.triggerMetadata));
      }),
  } as const;
  app.serviceBusQueue('handle-order-command', options);
}
