import type { TableClient } from '@azure/data-tables';
import { AppError } from '../../kernel/app-error.ts';
import { orStatus } from '../../kernel/storage-failure.ts';
import { epochMs, type EpochMs } from '../../kernel/time.ts';
import type { InboxKey } from '../../ports/inbox.ts';
import { hashEventKey } from '../event-key-hash.ts';
import type { InboxRow } from './inbox-row.ts';
import type { InboxStore } from './inbox-store.ts';

interface InboxEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly state: string;
  readonly fencingNumber: number;
  /** Epoch milliseconds exceed an Edm.Int32; a double holds them exactly. */
  readonly leaseUntil: number;
  readonly payloadHash: string;
  readonly result: string;
  readonly changedAt: number;
}

/** Inbox rows in Table Storage: one partition per consumer and first digit of the key's hash. */
export function createTableInboxStore(table: TableClient): InboxStore {
  return {
    read: async (key) => {
      const { partitionKey, rowKey } = address(key);
      const entity = await orStatus(
        [404],
        table.getEntity<InboxEntity>(partitionKey, rowKey),
        'read the inbox',
      );
      return entity && { row: toRow(entity), etag: entity.etag };
    },
    insert: async (key, row) => {
      const answer = await orStatus(
        [409],
        table.createEntity({ ...address(key), ...row }),
        'write the inbox',
      );
      return answer && requireEtag(answer.etag);
    },
    replace: async (key, row, etag) => {
      const entity = { ...address(key), ...row };
      const answer = await orStatus(
        [412],
        table.updateEntity(entity, 'Replace', { etag }),
        'write the inbox',
      );
      return answer && requireEtag(answer.etag);
    },
    forget: (consumer, before) => forget(table, consumer, before),
  };
}

async function forget(table: TableClient, consumer: string, before: EpochMs): Promise<number> {
  let forgotten = 0;
  for (const digit of '0123456789abcdef') {
    const filter = `PartitionKey eq '${partition(consumer, digit)}' and state eq 'done' and changedAt lt ${before}.0`;
    const rows = table.listEntities<InboxEntity>({
      queryOptions: { filter, select: ['rowKey', 'partitionKey'] },
    });
    for await (const { partitionKey, rowKey, etag } of rows) {
      await orStatus([404], table.deleteEntity(partitionKey, rowKey, { etag }), 'clean the inbox');
      forgotten += 1;
    }
  }
  return forgotten;
}

function address(key: InboxKey): { partitionKey: string; rowKey: string } {
  const rowKey = hashEventKey(key);
  return { partitionKey: partition(key.consumer, rowKey.slice(0, 1)), rowKey };
}

/** A consumer is named by us, not by a producer; encoding keeps a slip from breaking a filter. */
function partition(consumer: string, digit: string): string {
  return `${encodeURIComponent(consumer).replaceAll("'", '%27').replaceAll('%', '=')}-${digit}`;
}

function toRow(entity: InboxEntity): InboxRow {
  return {
    state: toState(entity.state),
    fencingNumber: entity.fencingNumber,
    leaseUntil: epochMs(entity.leaseUntil),
    payloadHash: entity.payloadHash,
    result: entity.result,
    changedAt: epochMs(entity.changedAt),
  };
}

function toState(state: string): InboxRow['state'] {
  if (state === 'in-progress' || state === 'free' || state === 'done') return state;
  throw new AppError(
    'storage.unexpected_answer',
    `An inbox row has the unknown state "${state}".`,
    {
      kind: 'permanent',
    },
  );
}

function requireEtag(etag: string | undefined): string {
  if (etag !== undefined) return etag;
  throw new AppError('storage.unexpected_answer', 'Table Storage answered without an ETag.', {
    kind: 'transient',
  });
}
