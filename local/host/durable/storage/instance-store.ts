import type { HistoryRow } from '../history/history.ts';
import { runtimeStatuses, type Instance, type RuntimeStatus } from '../instance/instance.ts';
import {
  addHistoryColumn,
  clearHistoryColumns,
  noHistoryColumns,
  readHistoryColumns,
  type HistoryColumns,
} from './history-columns.ts';
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
  /** How many rows the history of its execution has, and how many of them are in its own row. */
  readonly rowCount: number;
  readonly inRow: HistoryColumns;
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

/** The orchestrations of a hub, in its table. A change costs one request. */
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
    return etag === undefined ? undefined : { instance, etag, ...noHistory };
  }

  async read(instanceId: string): Promise<StoredInstance | undefined> {
    const found = await this.#find(instanceId);
    return found && this.#toStored(found);
  }

  /** Reads again as long as somebody changes the instance between its row and its history. */
  async load(instanceId: string): Promise<LoadedInstance | undefined> {
    for (;;) {
      const found = await this.#find(instanceId);
      if (found === undefined) return undefined;
      const stored = await this.#toStored(found);
      const rows = [...readHistoryColumns(found.row).rows, ...(await this.#ownRows(stored))];
      if (rows.length === stored.rowCount) return { stored, rows };
    }
  }

  /**
   * Commits the next state of an instance. The rows of an execution that is over go with it.
   * Errors: `ConflictError` if somebody else has changed it, `storage.unavailable`.
   */
  async commit(stored: StoredInstance, change: InstanceChange): Promise<StoredInstance> {
    const { instance } = change;
    const { instanceId } = instance;
    const old = instance.executionId === stored.instance.executionId ? [] : rowKeys(stored);
    const fits = old.length <= maxTransactionRows - 2;
    const pack = this.#packer(instanceId);
    const texts = await pack.texts(instance, stored.instance);
    const history = extendHistoryColumns(stored, change);
    const created = history.isOwnRow ? [await pack.row(change, history.rowCount - 1)] : [];
    const plain = plainColumns(instance, history.rowCount);
    const etag = await this.#table.change(
      { instanceId, etag: stored.etag },
      {
        columns: { ...plain, ...texts, ...history.columns, ...pack.mark() },
        created,
        deleted: fits ? old : [],
      },
    );
    if (!fits) await this.#table.discard(instanceId, old);
    return { instance, etag, rowCount: history.rowCount, inRow: history.inRow };
  }

  /** Begins a finished instance anew, in place of what was. Errors: `ConflictError`. */
  async restart(stored: StoredInstance, instance: Instance): Promise<StoredInstance> {
    const { instanceId } = stored.instance;
    const columns = {
      ...(await this.#wholeRow(instance)),
      ...clearHistoryColumns(stored.inRow),
    };
    const tagged = { instanceId, etag: stored.etag };
    const etag = await this.#table.change(tagged, { columns, created: [], deleted: [] });
    await this.#table.discard(instanceId, rowKeys(stored));
    return { instance, etag, ...noHistory };
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

  async #find(instanceId: string): Promise<TaggedRow | undefined> {
    const found = await this.#table.read(instanceId);
    return found?.row['kind'] === 'orchestration' ? found : undefined;
  }

  /** What of a history is not in the instance's row. */
  async #ownRows({ instance, rowCount, inRow }: StoredInstance): Promise<HistoryRow[]> {
    if (rowCount === inRow.count) return [];
    const { instanceId, executionId } = instance;
    const rows = await this.#table.rows(instanceId, `h-${executionId}-`);
    return Promise.all(rows.map(async (row) => parseHistoryRow(await this.#text(row, 'events'))));
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
      inRow: readHistoryColumns(row).inRow,
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

const noHistory = { rowCount: 0, inRow: noHistoryColumns };

/** What a change of an instance makes of its history; a new execution begins a new one. */
function extendHistoryColumns(stored: StoredInstance, { instance, row }: InstanceChange) {
  const isSame = instance.executionId === stored.instance.executionId;
  const { rowCount, inRow } = isSame ? stored : noHistory;
  const cleared = isSame ? {} : clearHistoryColumns(stored.inRow);
  if (row === undefined) return { rowCount, inRow, columns: cleared, isOwnRow: false };
  const added = addHistoryColumn(inRow, row, rowCount);
  return {
    rowCount: rowCount + 1,
    inRow: added?.after ?? inRow,
    columns: { ...cleared, ...added?.columns },
    isOwnRow: added === undefined,
  };
}

function rowKeys({ instance: { executionId }, rowCount, inRow }: StoredInstance): string[] {
  return Array.from({ length: rowCount - inRow.count }, (_, index) =>
    historyRowKey(executionId, inRow.count + index),
  );
}
