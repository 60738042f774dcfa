import type { InvocationContext } from '@azure/functions';
import { participantNames } from '../domain/messages.ts';
import { entities } from './entities.ts';
import { toBusMessage } from './host-shapes.ts';
import type { Registration } from './registration.ts';

/**
 * Registers every participant on its queue of commands: those of a saga come one after the other,
 * those of different sagas at the same time.
 */
export function registerHandleCommands({ app, run }: Registration): void {
  for (const participant of participantNames) {
    const options = {
      connection: 'ServiceBus',
      queueName: entities.commandQueues[participant],
      isSessionsEnabled: true,
      cardinality: 'one',
      dataType: 'binary',
      handler: (input: unknown, context: InvocationContext) =>
        run(context, async ({ participants }) => {
          const { handleMessage } = await participants();
          const message = toBusMessage(input, context.triggerMetadata);
          await handleMessage(participant, message);
        }),
    } as const;
    app.serviceBusQueue(`handle-${participant}-commands`, options);
  }
}
