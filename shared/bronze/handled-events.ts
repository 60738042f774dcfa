import { AppError } from '../kernel/app-error.ts';
import { authorOf, type Author } from '../kernel/author.ts';
import { toMicros, type EpochMs } from '../kernel/time.ts';
import type { DeltaTables, TableRow, TableSchema } from '../ports/delta.ts';
import type { HandledEvent, HandledEvents, InboxKey } from '../ports/inbox.ts';
import type { FileColumn } from './delta/codec/data-file.ts';
import { readDataFile } from './delta/codec/data-file-reader.ts';
import type { ObjectStore } from './object-store.ts';
import type { SnapshotReader } from './delta-tables.ts';

const table = 'handled_events';
const columns: readonly FileColumn[] = [
  { name: 'consumer', type: 'string', bounds: true },
  { name: 'event_source', type: 'string', bounds: true },
  { name: 'event_id', type: 'string', bounds: true },
  { name: 'payload_hash', type: 'string', bounds: false },
  { name: 'result', type: 'string', bounds: false },
  { name: 'handled_at', type: 'timestamp', bounds: true },
];
const schema: TableSchema = { columns, partitionColumn: 'handled_date' };

export interface DeltaHandledEventsOptions {
  readonly tables: DeltaTables & SnapshotReader;
  readonly store: Pick<ObjectStore, 'get'>;
  /** Names this process among the authors of the table: a fresh UUID. */
  readonly instanceId: string;
}

type FileContent = ReadonlyMap<string, HandledEvent>;

/**
 * Handled events as rows of the Delta table `handled_events`. A lookup reads each data file of its
 * window once and keeps what it found in memory, because data files never change: made for consumers
 * that handle events in batches and tolerate a snapshot read per lookup. Source: SPEC S0-43.
 */
export function createDeltaHandledEvents(options: DeltaHandledEventsOptions): HandledEvents {
  const { tables, store } = options;
  const seen = new Map<string, FileContent>();
  const author = authorOfInstance(options.instanceId);
  let recorded = 0;
  let lastAppend: Promise<void> = Promise.resolve();

  async function contentOf(name: string): Promise<FileContent> {
    const known = seen.get(name);
    if (known !== undefined) return known;
    const content = await readContent(store, name);
    seen.set(name, content);
    return content;
  }

  return {
    find: async (key, since) => {
      const snapshot = await tables.snapshot(table);
      const firstDate = dateOf(since);
      for (const { name, partitionValues } of snapshot?.files ?? []) {
        if ((partitionValues[schema.partitionColumn] ?? '') < firstDate) continue;
        const found = (await contentOf(name)).get(identity(key));
        if (found !== undefined) return found;
      }
      return undefined;
    },
    record: (key, handled, at) => {
      const sequenceNumber = recorded++;
      const row = toRow(key, handled, { sequenceNumber, at });
      // An author's appends follow one another: a later watermark answers for the earlier rows.
      const append = lastAppend.then(() =>
        tables.append({ table, schema, author, through: sequenceNumber, rows: [row] }),
      );
      lastAppend = append.catch(() => undefined);
      return append;
    },
  };
}

function authorOfInstance(instanceId: string): Author {
  return authorOf({
    namespace: 'inbox',
    hub: table,
    incarnation: instanceId,
    consumerGroup: 'inbox',
    partitionId: '0',
  });
}

function toRow(
  { consumer, source, id }: InboxKey,
  { payloadHash, result }: HandledEvent,
  { sequenceNumber, at }: { readonly sequenceNumber: number; readonly at: EpochMs },
): TableRow {
  return {
    sequenceNumber,
    partitionDate: dateOf(at),
    values: {
      consumer,
      event_source: source,
      event_id: id,
      payload_hash: payloadHash,
      result,
      handled_at: toMicros(at),
    },
  };
}

async function readContent(store: Pick<ObjectStore, 'get'>, name: string): Promise<FileContent> {
  const object = await store.get(name);
  const file = object.found ? await readDataFile(object.bytes, columns) : undefined;
  if (file === undefined) throw unreadable(name);
  const content = new Map<string, HandledEvent>();
  for (let row = 0; row < file.rows; row += 1) {
    const [consumer, source, id, payloadHash, result] = file.columns.map((values) =>
      text(values[row]),
    );
    content.set(JSON.stringify([consumer, source, id]), {
      payloadHash: payloadHash ?? '',
      result: result ?? '',
    });
  }
  return content;
}

function text(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}

function identity({ consumer, source, id }: InboxKey): string {
  return JSON.stringify([consumer, source, id]);
}

function dateOf(instant: EpochMs): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** A file that compaction replaced while it was looked up is gone after its retention only. */
function unreadable(name: string): AppError {
  return new AppError('delta.schema_mismatch', `${name} is no data file of ${table}.`, {
    kind: 'permanent',
    details: { file: name },
  });
}
