import { app } from '@azure/functions';

app.storageBlob('readBlob', {
  connection: 'AzureWebJobsStorage',
  path: '%Container%/in/{topic}/{name}.json',
  handler: (blob, context) => {
    const { topic, name, blobTrigger, metadata } = context.triggerMetadata;
    const isBuffer = Buffer.isBuffer(blob);
    const body = blob.toString('base64');
    context.log(`@blob ${JSON.stringify({ isBuffer, body, topic, name, blobTrigger, metadata })}`);
    if (name.startsWith('bad')) throw new Error('asked to');
  },
});
