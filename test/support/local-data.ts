import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';

const broker = 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=s;';

/** The settings that a runtime would write, for a Bronze container of the test's own. */
export function localSettings(container: string): Record<string, string> {
  return {
    environment: 'development',
    EventHubs: broker,
    ServiceBus: broker,
    bronze_container: container,
  };
}

export interface LocalData {
  readonly folder: string;
  remove(): Promise<void>;
}

/** A data folder whose runtime file names the given storage and process. */
export async function makeDataFolder(runtime: {
  readonly storage: string;
  readonly pid: number;
  readonly settings: Readonly<Record<string, string>>;
}): Promise<LocalData> {
  const folder = await mkdtemp(join(tmpdir(), 'bronzeflow-data-'));
  await writeFile(join(folder, 'runtime.json'), JSON.stringify(runtime));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Uploads the files of a hand-made table. */
export async function uploadTable(
  container: ContainerClient,
  table: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const [path, bytes] of files) {
    await container.getBlockBlobClient(`Tables/${table}/${path}`).uploadData(bytes);
  }
}

export async function createContainer(connection: string, name: string): Promise<ContainerClient> {
  const container = BlobServiceClient.fromConnectionString(connection).getContainerClient(name);
  await container.create();
  return container;
}
