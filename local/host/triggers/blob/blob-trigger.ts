import { durationMs } from '../../../../shared/kernel/time.ts';
import { requireHostStorage, requireStorage } from '../../storage/host-storage.ts';
import { deferListener, idleListener } from '../deferred-listener.ts';
import type { TriggerKind } from '../trigger-kind.ts';
import { parseBlobPath } from './blob-path.ts';

/** Blob triggers that scan a container. A function gets bytes unless it asks for `string`. */
export const blobTriggerKind: TriggerKind = {
  type: 'blobTrigger',
  prepare(target, options, services) {
    const { settings, hostId, log, local } = services;
    const path = parseBlobPath(options.requiredText('path'));
    if (!path.ok) options.add('path', path.problem, 'Write a path like "container/{name}"');
    const connection = options.text('connection') ?? 'AzureWebJobsStorage';
    const source = requireStorage(settings, options, connection);
    const storage = requireHostStorage(settings, options);
    const dataType = options.choice('dataType', ['string', 'binary'] as const, 'binary');
    const scanning = options.choice(
      'source',
      ['LogsAndContainerScan', 'EventGrid'] as const,
      'LogsAndContainerScan',
    );
    if (scanning === 'EventGrid') {
      options.add('source', 'EventGrid has no local counterpart', 'Leave it away locally');
    }
    if (!path.ok || source === undefined || storage === undefined) return idleListener;
    return deferListener(async () => {
      const { BlobListener } = await import('./blob-listener.ts');
      return new BlobListener({
        ...{ target, dataType, source, storage, hostId, log },
        path: path.value,
        pollEvery: durationMs(local.blobPollMs),
      });
    });
  },
};
