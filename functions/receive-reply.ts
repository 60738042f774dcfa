import type { InvocationContext } from '@azure/functions';
import { durableClientInputs, instancesOf } from './durable-client.ts';
import { entities } from './entities.ts';
import { toBusMessage } from './host-shapes.ts';
import type { Registration } from './registration.ts';

/** Brings the replies of participants to the runs that wait for them, those of a saga in order. */
export function registerReceiveReply({ app, run }: Registration): void {
  const options = {
    connection: 'ServiceBus',
    queueName: entities.repliesQueue,
    isSessionsEnabled: true,
    cardinality: 'one',
    dataType: 'binary',
    extraInputs: durableClientInputs,
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ sagas }) => {
        const { takeReply } = await sagas();
        const message = toBusMessage(input, context.triggerMetadata);
        await takeReply(await instancesOf(context), message);
      }),
  } as const;
  app.serviceBusQueue('receive-reply', options);
}
