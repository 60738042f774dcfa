import { memberOf, toBytes, toText } from './host-values.ts';
import type { Registration } from './registration.ts';

/** Takes in the blobs into which Event Grid puts events that it could not deliver. */
export function registerIngestEventGridDeadLetters({ app, config, run }: Registration): void {
  const { eventGridPath, eventGridSource } = config.deadLetters;
  app.storageBlob('ingest-event-grid-dead-letters', {
    connection: 'AzureWebJobsStorage',
    path: eventGridPath,
    source: eventGridSource,
    handler: (blob, context) =>
      run(context, async ({ deadLetterSources }) => {
        const { ingestBlob } = await deadLetterSources();
        const path = toText(memberOf(context.triggerMetadata, 'blobTrigger'));
        await ingestBlob(path ?? eventGridPath, toBytes(blob));
      }),
  });
}
