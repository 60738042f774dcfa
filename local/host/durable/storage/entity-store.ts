import type { EntityState } from '../entities/entity-batch.ts';
import type { EntityOperation } from '../instance/instance.ts';
import {
  entityColumns,
  entityTexts,
  operationRowKey,
  toEntity,
  toOperation,
} from './entity-row-codec.ts';
import type { HubTable, TaggedRow } from './hub-table.ts';
import { toPartitionKey } from './partition-key.ts';
import { fromTextColumns, toTextColumns, type Columns, type LargeTexts } from './text-columns.ts';

export interface StoredEntity {
  readonly entity: EntityState;
  /** Undefined if the entity has no row yet. */
  readonly etag: string | undefined;
}

/** An operation that waits in the entity's partition. */
export interface StoredOperation {
  readonly operation: EntityOperation;
  readonly rowKey: string;
}

export interface EntityChange {
  readonly entity: EntityState;
  readonly answers: readonly { readonly requestId: string; readonly answer: string }[];
  /** Rows that are done with: operations that were handled, answers that have arrived. */
  readonly obsolete: readonly string[];
}

const answerRowKey = (requestId: string): string => `answer-${requestId}`;
const waitingFilter = `(RowKey ge 'op-' and RowKey lt 'op.')`;

/** The entities of a hub, in its table. A batch of operations costs one transaction. */
export class EntityStore {
  readonly #table: HubTable;
  readonly #largeTexts: LargeTexts;

  constructor(table: HubTable, largeTexts: LargeTexts) {
    this.#table = table;
    this.#largeTexts = largeTexts;
  }

  async read(instanceId: string): Promise<StoredEntity | undefined> {
    const found = await this.#table.read(instanceId);
    if (found?.row['kind'] !== 'entity') return undefined;
    const { row, etag } = found;
    const texts = await Promise.all(
      entityTexts.map(async (name) => {
        return [name, await fromTextColumns(row, name, this.#largeTexts)] as const;
      }),
    );
    return { entity: toEntity(row, Object.fromEntries(texts)), etag };
  }

  /** Errors: `ConflictError` if somebody else has changed the entity, `storage.unavailable`. */
  async commit({ etag }: StoredEntity, change: EntityChange): Promise<StoredEntity> {
    const { entity, answers, obsolete } = change;
    const { instanceId } = entity;
    const texts = await this.#pack(instanceId, {
      state: entity.state,
      outbox: entity.outbox.length === 0 ? null : JSON.stringify(entity.outbox),
      senders: JSON.stringify(entity.senders),
    });
    const created = await Promise.all(
      answers.map(async ({ requestId, answer }) => ({
        rowKey: answerRowKey(requestId),
        columns: await this.#pack(instanceId, { answer }),
      })),
    );
    const columns = { ...entityColumns(entity), ...texts };
    const tagged = { instanceId, etag };
    const newTag = await this.#table.change(tagged, { columns, created, deleted: obsolete });
    return { entity, etag: newTag };
  }

  /** Makes an operation of a client durable. */
  async enqueue(operation: EntityOperation, at: Date): Promise<StoredOperation> {
    const rowKey = operationRowKey(operation, at);
    const columns = await this.#pack(operation.target, { operation: JSON.stringify(operation) });
    await this.#table.put({ instanceId: operation.target, rowKey }, columns, undefined);
    return { operation, rowKey };
  }

  /** The operations that wait, of all entities, in order. */
  async listWaiting(): Promise<StoredOperation[]> {
    const rows = await this.#table.find(waitingFilter);
    return Promise.all(rows.map((row) => this.#toOperation(row)));
  }

  /** The entities that have something left to send. */
  async listSending(): Promise<string[]> {
    const sending = await this.#table.find('hasOutbox eq true');
    return sending.map(({ row }) => String(row['instanceId']));
  }

  /** The answer to a call that was handled and whose caller has perhaps not heard of it. */
  async readAnswer(instanceId: string, requestId: string): Promise<string | undefined> {
    const found = await this.#table.read(instanceId, answerRowKey(requestId));
    if (found === undefined) return undefined;
    return (await fromTextColumns(found.row, 'answer', this.#largeTexts)) ?? undefined;
  }

  async hasRow(instanceId: string, rowKey: string): Promise<boolean> {
    return (await this.#table.read(instanceId, rowKey)) !== undefined;
  }

  /** The row that `obsolete` removes once the caller has the answer. */
  answerRow(requestId: string): string {
    return answerRowKey(requestId);
  }

  async #toOperation({ row }: TaggedRow): Promise<StoredOperation> {
    const text = await fromTextColumns(row, 'operation', this.#largeTexts);
    return { operation: toOperation(text), rowKey: String(row['rowKey']) };
  }

  async #pack(instanceId: string, texts: Record<string, string | null>): Promise<Columns> {
    let columns: Columns = {};
    const keep = (text: string): Promise<string> =>
      this.#largeTexts.put(toPartitionKey(instanceId), text);
    for (const [name, text] of Object.entries(texts)) {
      columns = { ...columns, ...(await toTextColumns(name, text, keep)) };
    }
    return columns;
  }
}
