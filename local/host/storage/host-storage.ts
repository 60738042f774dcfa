import type { BlobServiceClient, BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { resolveBlobConnection } from '../settings/connection.ts';
import type { ConnectionTarget } from '../settings/connection.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import type { Settings } from '../settings/settings.ts';

/** The name of the connection that holds the host's own state, as in Azure. */
const hostConnection = 'AzureWebJobsStorage';
const hostContainer = 'azure-webjobs-hosts';

/** The blobs behind one connection; connects at first use. */
export class HostStorage {
  readonly #target: ConnectionTarget;
  #service: Promise<BlobServiceClient> | undefined;

  constructor(target: ConnectionTarget) {
    this.#target = target;
  }

  /** The container of that name; created if it does not exist. */
  async container(name: string): Promise<ContainerClient> {
    this.#service ??= this.#connect();
    const container = (await this.#service).getContainerClient(name);
    await container.createIfNotExists();
    return container;
  }

  /** The storage SDK is loaded only by hosts that use storage. */
  async #connect(): Promise<BlobServiceClient> {
    const { connectBlobService } = await import('./blob-service.ts');
    return connectBlobService(this.#target);
  }

  /** A blob of the host's own, such as `locks/<host>/<function>`. */
  async hostBlob(path: string): Promise<BlockBlobClient> {
    return (await this.container(hostContainer)).getBlockBlobClient(path);
  }
}

/** The storage of the host itself; a missing connection goes to the reader. */
export function requireHostStorage(
  settings: Settings,
  options: OptionReader,
): HostStorage | undefined {
  return requireStorage(settings, options, hostConnection);
}

/** The storage behind a connection name; a missing connection goes to the reader. */
export function requireStorage(
  settings: Settings,
  options: OptionReader,
  connection: string,
): HostStorage | undefined {
  const target = resolveBlobConnection(settings, connection);
  if (target.ok) return new HostStorage(target.value);
  options.add('connection', target.problem.problem, target.problem.remedy);
  return undefined;
}
