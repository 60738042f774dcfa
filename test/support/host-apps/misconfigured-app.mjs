import { app, output } from '@azure/functions';

const handler = () => undefined;

app.eventHub('readHub', { connection: 'NoHub', eventHubName: '%HubName%', handler });
app.serviceBusQueue('readQueue', { connection: 'NoBus', queueName: '%QueueName%', handler });
app.timer('tick', { schedule: 'every day', handler });
app.http('page', { route: 'a{b}c', handler });
app.cosmosDB('cosmos', { connection: 'x', databaseName: 'x', containerName: 'x', handler });
app.http('sends', {
  extraOutputs: [output.serviceBusQueue({ connection: 'NoBus', queueName: 'out' })],
  handler,
});
