import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import type { DurationMs } from '../../../../shared/kernel/time.ts';
import type { HostLog } from '../../host-log.ts';
import { ofJson, ofText } from '../../invocation/typed-data.ts';
import { pause } from '../../pause.ts';
import { errorText } from '../../settings/host-problem.ts';
import { whileHoldingBlob } from '../../storage/blob-lock.ts';
import type { HostStorage } from '../../storage/host-storage.ts';
import { toPayload, type DataType } from '../message-payload.ts';
import type { Listener, TriggeredFunction } from '../trigger-kind.ts';
import type { BlobPath } from './blob-path.ts';
import { BlobReceipts } from './blob-receipts.ts';

/** After so many failures a version is given up, as in the real host. */
const maxAttempts = 5;

export interface BlobListenerOptions {
  readonly target: TriggeredFunction;
  readonly path: BlobPath;
  readonly dataType: DataType;
  /** Where the blobs are. */
  readonly source: HostStorage;
  /** Where the host keeps its own state. */
  readonly storage: HostStorage;
  readonly hostId: string;
  readonly pollEvery: DurationMs;
  readonly log: HostLog;
}

/**
 * Scans a container and runs the function once for each version of a fitting blob, on one host at a
 * time. A failed blob comes again at the next scans; there is no poison queue, the log tells.
 */
export class BlobListener implements Listener {
  readonly #options: BlobListenerOptions;
  readonly #receipts: BlobReceipts;
  readonly #failures = new Map<string, number>();
  readonly #stopping = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(options: BlobListenerOptions) {
    const { storage, hostId, target } = options;
    this.#options = options;
    this.#receipts = new BlobReceipts(storage, hostId, target.definition.name);
  }

  /** Creates the container, as nobody can put a blob into one that does not exist. */
  async start(): Promise<void> {
    const { source, storage, hostId, target, path } = this.#options;
    const container = await source.container(path.container);
    const blob = await storage.hostBlob(`locks/${hostId}/Host.Functions.${target.definition.name}`);
    const report = (error: unknown): void => {
      this.#warn(errorText(error));
    };
    const run = (held: AbortSignal): Promise<void> => this.#scanAgainAndAgain(container, held);
    this.#done = whileHoldingBlob({ blob, signal: this.#stopping.signal, report, run });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #scanAgainAndAgain(container: ContainerClient, held: AbortSignal): Promise<void> {
    do {
      try {
        await this.#scan(container, held);
      } catch (error) {
        this.#warn(errorText(error));
      }
    } while (await pause(this.#options.pollEvery, held));
  }

  async #scan(container: ContainerClient, held: AbortSignal): Promise<void> {
    const { path } = this.#options;
    const found = container.listBlobsFlat({ prefix: path.prefix, includeMetadata: true });
    for await (const item of found) {
      if (held.aborted) return;
      const parameters = path.match(item.name);
      if (parameters !== undefined) await this.#visit(container, item, parameters);
    }
  }

  async #visit(
    container: ContainerClient,
    item: BlobItem,
    parameters: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { name, properties } = item;
    const version = { container: container.containerName, name, etag: properties.etag };
    if (await this.#receipts.has(version)) return;
    const hasSucceeded = await this.#run(container, item, parameters);
    const failures = (this.#failures.get(version.etag) ?? 0) + 1;
    if (!hasSucceeded && failures < maxAttempts) {
      this.#failures.set(version.etag, failures);
      return;
    }
    if (!hasSucceeded) this.#warn(`${name} is given up after ${failures} failures`);
    this.#failures.delete(version.etag);
    await this.#receipts.add(version);
  }

  async #run(
    container: ContainerClient,
    item: BlobItem,
    parameters: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const { target, dataType } = this.#options;
    const blob = container.getBlobClient(item.name);
    const conditions = { ifMatch: item.properties.etag };
    const body = await blob.downloadToBuffer(0, undefined, { conditions });
    const texts = Object.entries(parameters).map(([key, value]) => [key, ofText(value)] as const);
    const metadata = {
      ...Object.fromEntries(texts),
      BlobTrigger: ofText(`${container.containerName}/${item.name}`),
      Uri: ofJson(blob.url),
      Properties: ofJson(item.properties),
      Metadata: ofJson(item.metadata ?? {}),
    };
    return (await target.invoke({ data: toPayload(body, dataType), metadata })).ok;
  }

  #warn(message: string): void {
    const { log, target, path } = this.#options;
    const place = `Function.${target.definition.name}`;
    log.write('warning', place, `Blobs of ${path.container}: ${message}`);
  }
}
