import { app } from '@azure/functions';
import { setTimeout as delay } from 'node:timers/promises';

/** The settings say which functions there are: `Run` is a list of names. */
const wanted = new Set(process.env.Run.split(','));
const source = { connection: 'Hubs', eventHubName: '%HubName%' };
const parse = (bytes) => JSON.parse(Buffer.from(bytes).toString());

/** Events are `{ id, fail, takes }`: fail the first attempts, take so many milliseconds. */
async function follow(bodies, context) {
  const { invocationId, retryContext, triggerMetadata } = context;
  const ids = bodies.map(({ id }) => id);
  const partition = triggerMetadata.partitionContext.partitionId;
  const attempt = retryContext?.retryCount ?? 0;
  context.log(
    `@batch ${JSON.stringify({ ids, partition, attempt, invocationId, at: Date.now() })}`,
  );
  for (const { takes = 0 } of bodies) await delay(takes);
  if (bodies.some(({ fail = 0 }) => fail > attempt)) throw new Error(`attempt ${attempt}`);
  context.log(`@done ${JSON.stringify({ ids, partition })}`);
}

const functions = {
  describeMany: {
    ...source,
    cardinality: 'many',
    dataType: 'binary',
    handler: (bodies, context) => {
      const base64 = bodies.map((body) => body.toString('base64'));
      const areBuffers = bodies.every(Buffer.isBuffer);
      const { triggerMetadata } = context;
      context.log(`@many ${JSON.stringify({ areBuffers, base64, triggerMetadata })}`);
    },
  },
  describeTexts: {
    ...source,
    cardinality: 'many',
    handler: (bodies, context) => context.log(`@texts ${JSON.stringify(bodies)}`),
  },
  describeOne: {
    ...source,
    handler: (body, context) => {
      const { triggerMetadata, traceContext } = context;
      context.log(`@one ${JSON.stringify({ body, triggerMetadata, traceContext })}`);
    },
  },
  retried: {
    ...source,
    cardinality: 'many',
    dataType: 'binary',
    retry: { strategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { milliseconds: 600 } },
    handler: (bodies, context) => follow(bodies.map(parse), context),
  },
  plain: {
    ...source,
    cardinality: 'many',
    dataType: 'binary',
    handler: (bodies, context) => follow(bodies.map(parse), context),
  },
  single: { ...source, handler: (body, context) => follow([body], context) },
};

for (const [name, options] of Object.entries(functions)) {
  if (wanted.has(name)) app.eventHub(name, options);
}
