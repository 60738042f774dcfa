import type { HostStorage } from '../../storage/host-storage.ts';
import type { LargeTexts } from './text-columns.ts';

/** Keeps long texts as blobs of a container of the hub's own. */
export function createBlobTexts(
  storage: HostStorage,
  containerName: string,
  newId: () => string,
): LargeTexts {
  return {
    async put(folder, text) {
      const name = `${folder}/${newId()}`;
      const blob = (await storage.container(containerName)).getBlockBlobClient(name);
      const bytes = Buffer.from(text);
      await blob.upload(bytes, bytes.byteLength);
      return name;
    },
    async get(name) {
      const container = await storage.container(containerName);
      return (await container.getBlockBlobClient(name).downloadToBuffer()).toString('utf8');
    },
    async removeAll(folder) {
      const container = await storage.container(containerName);
      for await (const { name } of container.listBlobsFlat({ prefix: `${folder}/` })) {
        await container.getBlockBlobClient(name).deleteIfExists();
      }
    },
  };
}
