import type { TableClient, TransactionAction } from '@azure/data-tables';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { statusOf, storageFailure } from '../../../../shared/kernel/storage-failure.ts';
import { toPartitionKey } from './partition-key.ts';
import type { StoredRow } from './instance-row-codec.ts';
import { instanceRowKey } from './instance-row-codec.ts';
import type { Columns } from './text-columns.ts';

/** Somebody else has changed the instance: what is known of it has to be read again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** A row as read, with the tag that a later change is fenced by. */
export interface TaggedRow {
  readonly row: StoredRow;
  readonly etag: string;
}

/** One change of an instance, made whole or not at all. */
export interface RowsChange {
  /** Merged into the instance's row. */
  readonly columns: Columns;
  readonly created: readonly { readonly rowKey: string; readonly columns: Columns }[];
  readonly deleted: readonly string[];
}

/** Azure Tables takes so many rows in a transaction. */
export const maxTransactionRows = 100;

/** The rows of a hub: every instance has a partition of its own. */
export class HubTable {
  readonly #table: TableClient;

  constructor(table: TableClient) {
    this.#table = table;
  }

  async create(): Promise<void> {
    await request('create the table', () => this.#table.createTable());
  }

  /** The tag of the new row; undefined if the instance exists. */
  insert(instanceId: string, columns: Columns): Promise<string | undefined> {
    return this.put({ instanceId, rowKey: instanceRowKey }, columns, undefined);
  }

  /**
   * Changes an instance if its row still has the tag, or is not there yet; answers the new tag.
   * Errors: `ConflictError`, `storage.unavailable`.
   */
  async change(
    { instanceId, etag }: { readonly instanceId: string; readonly etag: string | undefined },
    { columns, created, deleted }: RowsChange,
  ): Promise<string> {
    const partitionKey = toPartitionKey(instanceId);
    const own = { partitionKey, rowKey: instanceRowKey, ...columns };
    const isAlone = created.length + deleted.length === 0;
    const actions: TransactionAction[] = [
      etag === undefined ? ['create', own] : ['update', own, 'Merge', { etag }],
      ...created.map((row): TransactionAction => {
        return ['create', { partitionKey, rowKey: row.rowKey, ...row.columns }];
      }),
      ...deleted.map((rowKey): TransactionAction => ['delete', { partitionKey, rowKey }]),
    ];
    try {
      // A transaction of one row costs twice as much as the row.
      if (isAlone && etag !== undefined) {
        return tagOf(await this.#table.updateEntity(own, 'Merge', { etag }));
      }
      const { subResponses } = await this.#table.submitTransaction(actions);
      return tagOf(subResponses[0] ?? {});
    } catch (cause) {
      if (isConflict(cause)) throw new ConflictError(`${instanceId} was changed`, { cause });
      throw storageFailure(cause, 'change an instance');
    }
  }

  /**
   * Writes a row: in place of the one with the tag, or where there is none. Answers the new tag;
   * undefined if the row is another one.
   */
  async put(
    { instanceId, rowKey }: { readonly instanceId: string; readonly rowKey: string },
    columns: Columns,
    etag: string | undefined,
  ): Promise<string | undefined> {
    const entity = { partitionKey: toPartitionKey(instanceId), rowKey, ...columns };
    try {
      if (etag === undefined) return tagOf(await this.#table.createEntity(entity));
      return tagOf(await this.#table.updateEntity(entity, 'Replace', { etag }));
    } catch (cause) {
      if (isConflict(cause)) return undefined;
      throw storageFailure(cause, 'write a row');
    }
  }

  async read(instanceId: string, rowKey = instanceRowKey): Promise<TaggedRow | undefined> {
    try {
      const row = await this.#table.getEntity(toPartitionKey(instanceId), rowKey);
      return { row, etag: row.etag };
    } catch (cause) {
      if (statusOf(cause) === 404) return undefined;
      throw storageFailure(cause, 'read an instance');
    }
  }

  /** The rows of an instance whose keys begin with a prefix, in order. */
  async rows(instanceId: string, prefix: string): Promise<StoredRow[]> {
    const end = `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
    const partition = `PartitionKey eq '${toPartitionKey(instanceId)}'`;
    return this.#list(`${partition} and RowKey ge '${prefix}' and RowKey lt '${end}'`);
  }

  async find(filter: string): Promise<TaggedRow[]> {
    const rows = await this.#list(filter);
    return rows.map((row) => ({ row, etag: tagOf(row) }));
  }

  /** Deletes rows that nobody reads any more; one that is gone already is no fault. */
  async discard(instanceId: string, rowKeys: readonly string[]): Promise<void> {
    const partitionKey = toPartitionKey(instanceId);
    for (let from = 0; from < rowKeys.length; from += maxTransactionRows) {
      const some = rowKeys.slice(from, from + maxTransactionRows);
      try {
        await this.#table.submitTransaction(
          some.map((rowKey): TransactionAction => ['delete', { partitionKey, rowKey }]),
        );
      } catch (cause) {
        if (statusOf(cause) !== 404) throw storageFailure(cause, 'delete rows');
      }
    }
  }

  /** Deletes an instance that nobody has changed since, whole. Errors: `ConflictError`. */
  async remove(instanceId: string, etag: string): Promise<void> {
    const partition = toPartitionKey(instanceId);
    const rows = await this.#list(`PartitionKey eq '${partition}'`);
    const others = rows.map(({ rowKey }) => String(rowKey)).filter((key) => key !== instanceRowKey);
    // The instance's own row goes last: an interrupted removal can be repeated.
    await this.discard(instanceId, others);
    try {
      await this.#table.deleteEntity(partition, instanceRowKey, { etag });
    } catch (cause) {
      if (isConflict(cause)) throw new ConflictError(`${instanceId} was changed`, { cause });
      throw storageFailure(cause, 'delete an instance');
    }
  }

  async #list(filter: string): Promise<StoredRow[]> {
    return request('list rows', async () => {
      const rows: StoredRow[] = [];
      for await (const row of this.#table.listEntities({ queryOptions: { filter } }))
        rows.push(row);
      return rows;
    });
  }
}

function isConflict(cause: unknown): boolean {
  const status = statusOf(cause);
  return status === 412 || status === 409 || status === 404;
}

async function request<Value>(what: string, send: () => Promise<Value>): Promise<Value> {
  try {
    return await send();
  } catch (cause) {
    throw storageFailure(cause, what);
  }
}

function tagOf(answer: { readonly etag?: unknown }): string {
  if (typeof answer.etag === 'string') return answer.etag;
  const message = 'Storage has answered without an ETag.';
  throw new AppError('storage.unexpected_answer', message, { kind: 'permanent' });
}
