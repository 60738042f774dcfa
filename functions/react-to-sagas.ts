import type { InvocationContext } from '@azure/functions';
import { participantNames } from '../domain/messages.ts';
import { entities } from './entities.ts';
import { toBusMessage } from './host-shapes.ts';
import type { Registration } from './registration.ts';

/**
 * Registers every participant on its subscription to the events of choreographed sagas: those of a
 * saga come one after the other, those of different sagas at the same time.
 */
export function registerReactToSagas({ app, run }: Registration): void {
  for (const participant of participantNames) {
    const options = {
      connection: 'ServiceBus',
      topicName: entities.choreographyTopic,
      subscriptionName: participant,
      isSessionsEnabled: true,
      cardinality: 'one',
      dataType: 'binary',
      handler: (input: unknown, context: InvocationContext) =>
        run(context, async ({ choreography }) => {
          const { takeMessage } = await choreography();
          const message = toBusMessage(input, context.triggerMetadata);
          await takeMessage(participant, message);
        }),
    } as const;
    app.serviceBusTopic(`react-${participant}`, options);
  }
}
