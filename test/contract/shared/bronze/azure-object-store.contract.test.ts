import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { connectLake } from '../../../../shared/bronze/index.ts';
import { objectStoreContract } from '../../../support/contracts/object-store.ts';

objectStoreContract('Azure Blob Storage (Azurite)', async () => {
  const lake = connectLake(
    {
      target: 'blob',
      connectionString: inject('storageConnection'),
      container: `lake-${randomUUID()}`,
      prefix: 'house/bronze',
    },
    { newId: randomUUID },
  );
  await lake.probe();
  return lake.store;
});
