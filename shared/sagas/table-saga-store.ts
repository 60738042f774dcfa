import type { TableClient } from '@azure/data-tables';
import { orStatus, storageFailure } from '../kernel/storage-failure.ts';
import type { SagaClaim, SagaFile, SagaStore, StoredClaim } from '../ports/sagas.ts';
import {
  cancelEntity,
  claimEntity,
  claimKey,
  etagOf,
  replyEntity,
  toClaim,
  toSagaFile,
  type SagaEntity,
} from './saga-rows-codec.ts';

/**
 * Sagas in Table Storage, in an existing table: one partition per saga, with its claim, its replies
 * and its cancels. The saga id is the partition key as it is (`shared/kernel/saga-id.ts`).
 */
export function createTableSagaStore(table: TableClient): SagaStore {
  const add = async (entity: SagaEntity, name: string): Promise<void> => {
    await orStatus([409], table.createEntity(entity), name);
  };
  return {
    insert: (claim) => insertClaim(table, claim),
    read: async (sagaId) => {
      const request = table.getEntity<SagaEntity>(sagaId, claimKey);
      const entity = await orStatus([404], request, 'read a saga');
      return entity && { claim: toClaim(entity), etag: etagOf(entity.etag) };
    },
    replace: (claim, etag) => replaceClaim(table, claim, etag),
    addReply: (sagaId, reply) => add(replyEntity(sagaId, reply), 'keep a reply'),
    addCancel: (sagaId, cancel) => add(cancelEntity(sagaId, cancel), 'keep a cancel'),
    open: (sagaId) => openFile(table, sagaId),
  };
}

async function insertClaim(table: TableClient, claim: SagaClaim): Promise<StoredClaim | undefined> {
  const request = table.createEntity(claimEntity(claim));
  const created = await orStatus([409], request, 'claim a saga');
  return created && { claim, etag: etagOf(created.etag) };
}

async function replaceClaim(
  table: TableClient,
  claim: SagaClaim,
  etag: string,
): Promise<StoredClaim | undefined> {
  const request = table.updateEntity(claimEntity(claim), 'Replace', { etag });
  const replaced = await orStatus([412], request, 'change a saga');
  return replaced && { claim, etag: etagOf(replaced.etag) };
}

async function openFile(table: TableClient, sagaId: string): Promise<SagaFile> {
  const filter = `PartitionKey eq '${sagaId}'`;
  const entities: SagaEntity[] = [];
  try {
    for await (const entity of table.listEntities<SagaEntity>({ queryOptions: { filter } })) {
      entities.push(entity);
    }
  } catch (cause) {
    throw storageFailure(cause, 'open a saga');
  }
  return toSagaFile(entities);
}
