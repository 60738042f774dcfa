import type { HistoryRow } from '../history/history.ts';
import { runtimeStatuses, type Instance, type RuntimeStatus } from '../instance/instance.ts';
import type { HubTable, TaggedRow } from './hub-table.ts';
import { maxTransactionRows } from './hub-table.ts';
import {
  historyRowKey,
  instanceRowKey,
  openInstancesFilter,
  parseHistoryRow,
  plainColumns,
  rowCountOf,
  textsOf,
  toInstance,
} from './instance-row-codec.ts';
import type { StoredRow } from './instance-row-codec.ts';
import { toPartitionKey } from './partition-key.ts';
import { fromTextColumns, toTextColumns, type Columns, type LargeTexts } from './text-columns.ts';

/** An orchestration as stored: a change of it is made only if its row still has the tag. */
export interface StoredInstance {
  readonly instance: Instance;
  readonly etag: string;
  /** How many rows the history of its execution has. */
  readonly rowCount: number;
}

/** The next state of an instance. */
export interface InstanceChange {
  readonly instance: Instance;
  readonly row: HistoryRow | undefined;
}

/** An orchestration with its history, both of the same moment. */
export interface LoadedInstance {
  readonly stored: StoredInstance;
  readonly rows: readonly HistoryRow[];
}

export interface InstanceFilter {
  readonly statuses: readonly RuntimeStatus[];
  readonly createdFrom: Date | undefined;
  readonly createdTo: Date | undefined;
}

const textNames = ['input', 'output', 'customStatus', 'outbox'] as const;

/** The orchestrations of a hub, in its table. A change costs one transaction. */
export class InstanceStore {
  readonly #table: HubTable;
  readonly #largeTexts: LargeTexts;

  constructor(table: HubTable, largeTexts: LargeTexts) {
    this.#table = table;
    this.#largeTexts = largeTexts;
  }

  /** Undefined if the instance exists. */
  async insert(instance: Instance): Promise<StoredInstance | undefined> {
    const etag = await this.#table.insert(instance.instanceId, await this.#wholeRow(instance));
    return etag === undefined ? undefined : { instance, etag, rowCount: 0 };
  }

  async read(instanceId: string): Promise<StoredInstance | undefined> {
    const found = await this.#table.read(instanceId);
    return found?.row['kind'] === 'orchestration' ? this.#toStored(found) : undefined;
  }

  /** Reads again as long as somebody changes the instance between its row and its history. */
  async load(instanceId: string): Promise<LoadedInstance | undefined> {
    for (;;) {
      const stored = await this.read(instanceId);
      if (stored === undefined) return undefined;
      const rows = await this.readHistory(stored.instance);
      if (rows.length === stored.rowCount) return { stored, rows };
    }
  }

  async readHistory({ instanceId, executionId }: Instance): Promise<HistoryRow[]> {
    const rows = await this.#table.rows(instanceId, `h-${executionId}-`);
    return Promise.all(
      rows.map(async (row) =>
        parseHistoryRow(await fromTextColumns(row, 'events', this.#largeTexts)),
      ),
    );
  }

  /**
   * Commits the next state of an instance. The rows of an execution that is over go with it.
   * Errors: `ConflictError` if somebody else has changed it, `storage.unavailable`.
   */
  async commit(stored: StoredInstance, change: InstanceChange): Promise<StoredInstance> {
    const { instance, row } = change;
    const { instanceId, executionId } = instance;
    const isSame = executionId === stored.instance.executionId;
    const old = isSame ? [] : rowKeys(stored);
    const before = isSame ? stored.rowCount : 0;
    const rowCount = row === undefined ? before : before + 1;
    const fits = old.length <= maxTransactionRows - 2;
    const pack = this.#packer(instanceId);
    const texts = await pack.texts(instance, stored.instance);
    const created = row === undefined ? [] : [await pack.row(change, before)];
    const etag = await this.#table.change(
      { instanceId, etag: stored.etag },
      {
        columns: { ...plainColumns(instance, rowCount), ...texts, ...pack.mark() },
        created,
        deleted: fits ? old : [],
      },
    );
    if (!fits) await this.#table.discard(instanceId, old);
    return { instance, etag, rowCount };
  }

  /** Begins a finished instance anew, in place of what was. Errors: `ConflictError`. */
  async restart(stored: StoredInstance, instance: Instance): Promise<StoredInstance> {
    const { instanceId } = stored.instance;
    const columns = await this.#wholeRow(instance);
    const tagged = { instanceId, etag: stored.etag };
    const etag = await this.#table.change(tagged, { columns, created: [], deleted: [] });
    await this.#table.discard(instanceId, rowKeys(stored));
    return { instance, etag, rowCount: 0 };
  }

  /** Those that are not finished or have something left to send. */
  async listOpen(): Promise<StoredInstance[]> {
    return this.#toAll(await this.#table.find(openInstancesFilter));
  }

  async list({ statuses, createdFrom, createdTo }: InstanceFilter): Promise<StoredInstance[]> {
    const wanted = statuses.length === 0 ? runtimeStatuses : statuses;
    const filter = [
      `RowKey eq '${instanceRowKey}'`,
      `kind eq 'orchestration'`,
      `(${wanted.map((status) => `status eq '${status}'`).join(' or ')})`,
      ...(createdFrom === undefined ? [] : [`createdAt ge '${createdFrom.toISOString()}'`]),
      ...(createdTo === undefined ? [] : [`createdAt le '${createdTo.toISOString()}'`]),
    ].join(' and ');
    return this.#toAll(await this.#table.find(filter));
  }

  /** Errors: `ConflictError` if it has been started again meanwhile. */
  async remove({ instance: { instanceId }, etag }: StoredInstance): Promise<void> {
    const found = await this.#table.read(instanceId);
    await this.#table.remove(instanceId, etag);
    if (found?.row['hasLargeTexts'] === true) {
      await this.#largeTexts.removeAll(toPartitionKey(instanceId));
    }
  }

  async #wholeRow(instance: Instance): Promise<Columns> {
    const pack = this.#packer(instance.instanceId);
    const texts = await pack.texts(instance, undefined);
    return { ...plainColumns(instance, 0), ...texts, ...pack.mark() };
  }

  #packer(instanceId: string): RowPacker {
    return new RowPacker((text) => this.#largeTexts.put(toPartitionKey(instanceId), text));
  }

  async #toAll(rows: readonly TaggedRow[]): Promise<StoredInstance[]> {
    return Promise.all(rows.map((row) => this.#toStored(row)));
  }

  async #toStored({ row, etag }: TaggedRow): Promise<StoredInstance> {
    const texts = await Promise.all(
      textNames.map(async (name) => [name, await this.#text(row, name)] as const),
    );
    return {
      instance: toInstance(row, Object.fromEntries(texts)),
      etag,
      rowCount: rowCountOf(row),
    };
  }

  #text(row: StoredRow, name: string): Promise<string | null> {
    return fromTextColumns(row, name, this.#largeTexts);
  }
}

/** Makes the columns of one change, and remembers whether a text went elsewhere. */
class RowPacker {
  readonly #keep: (text: string) => Promise<string>;
  #hasLargeTexts = false;

  constructor(keep: (text: string) => Promise<string>) {
    this.#keep = async (text) => {
      this.#hasLargeTexts = true;
      return keep(text);
    };
  }

  /** Only the texts that differ from those before. */
  async texts(instance: Instance, before: Instance | undefined): Promise<Columns> {
    const texts = textsOf(instance);
    const old = before === undefined ? undefined : textsOf(before);
    let columns: Columns = {};
    for (const name of textNames) {
      const text = texts[name] ?? null;
      if (old !== undefined && text === (old[name] ?? null)) continue;
      columns = { ...columns, ...(await toTextColumns(name, text, this.#keep)) };
    }
    return columns;
  }

  async row(
    { instance, row }: InstanceChange,
    index: number,
  ): Promise<{ rowKey: string; columns: Columns }> {
    return {
      rowKey: historyRowKey(instance.executionId, index),
      columns: await toTextColumns('events', JSON.stringify(row), this.#keep),
    };
  }

  mark(): Columns {
    return this.#hasLargeTexts ? { hasLargeTexts: true } : {};
  }
}

function rowKeys({ instance: { executionId }, rowCount }: StoredInstance): string[] {
  return Array.from({ length: rowCount }, (_, index) => historyRowKey(executionId, index));
}
