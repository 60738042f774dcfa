import { app } from '@azure/functions';
import { setTimeout as delay } from 'node:timers/promises';

/** The settings say which functions there are: `Run` is a list of names. */
const wanted = new Set(process.env.Run.split(','));
const connection = 'Bus';
const queue = { connection, queueName: '%QueueName%' };
const log = (context, name, value) => context.log(`@${name} ${JSON.stringify(value)}`);

/** Lets so many invocations go on in the same tick. */
const meeting = { ...Promise.withResolvers(), arrived: 0 };
async function meet(count) {
  meeting.arrived += 1;
  if (meeting.arrived === count) meeting.resolve();
  await meeting.promise;
}

/** Messages are `{ id, fail, takes, meet }`: fail the first deliveries, take so many milliseconds. */
async function follow(messages, deliveryCounts, context) {
  const ids = messages.map(({ id }) => id);
  log(context, 'start', { ids, deliveryCounts, at: Date.now() });
  for (const { takes, meet: count } of messages) {
    if (takes !== undefined) await delay(takes);
    if (count !== undefined) await meet(count);
  }
  if (messages.some(({ fail = 0 }, at) => fail >= deliveryCounts[at])) throw new Error('asked to');
  log(context, 'done', { ids });
}

const followOne = (message, context) => {
  const { deliveryCount } = context.triggerMetadata;
  return follow([message], [deliveryCount], context);
};
const followMany = (messages, context) =>
  follow(messages, context.triggerMetadata.deliveryCountArray, context);

const describeMessage = (message, context) => {
  const isBuffer = Buffer.isBuffer(message);
  const body = isBuffer ? message.toString('base64') : message;
  const { triggerMetadata, traceContext } = context;
  log(context, 'message', { body, isBuffer, triggerMetadata, traceContext });
};

const functions = {
  describeOne: { ...queue, handler: describeMessage },
  describeMany: {
    ...queue,
    cardinality: 'many',
    dataType: 'binary',
    handler: (messages, context) => {
      const bodies = messages.map((message) => message.toString('base64'));
      log(context, 'messages', { bodies, triggerMetadata: context.triggerMetadata });
    },
  },
  ones: { ...queue, handler: followOne },
  batches: { ...queue, cardinality: 'many', handler: followMany },
  manual: { ...queue, autoCompleteMessages: false, handler: followOne },
  sessions: { ...queue, isSessionsEnabled: true, handler: followOne },
  sessionBatches: {
    ...queue,
    isSessionsEnabled: true,
    cardinality: 'many',
    handler: followMany,
  },
  dead: { ...queue, queueName: '%QueueName%/$DeadLetterQueue', handler: describeMessage },
};

for (const [name, options] of Object.entries(functions)) {
  if (wanted.has(name)) app.serviceBusQueue(name, options);
}
const topic = { connection, topicName: 'news', handler: describeMessage };
if (wanted.has('topic')) app.serviceBusTopic('topic', { ...topic, subscriptionName: 'all' });
if (wanted.has('deadTopic')) {
  app.serviceBusTopic('deadTopic', { ...topic, subscriptionName: 'all/$DeadLetterQueue' });
}
