import { randomUUID } from 'node:crypto';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { constants, zstdCompressSync } from 'node:zlib';
import { openEventReader } from '../functions/compose/event-reader.ts';
import { readConfig } from '../shared/config/read-config.ts';
import type { EventReader } from '../shared/ports/events.ts';
import type { HubMessage } from '../shared/ports/hub.ts';
import { openDeltaTables } from '../shared/bronze/index.ts';
import { eventRow, eventTableSchema } from '../shared/ingest/event-rows.ts';
import { authorOf } from '../shared/kernel/author.ts';
import { epochMs, systemClock } from '../shared/kernel/time.ts';
import type { TableRow } from '../shared/ports/delta.ts';
import { sampleSettings } from './cold-import.ts';
import { forgetfulStore } from './forgetful-store.ts';
import { cpuOf, takeTurns, type Bench } from './measurement.ts';
import { sampleMessages } from './sample-messages.ts';

/** As many messages as the host hands over at once (`maxEventBatchSize`), several times over. */
const batchSize = 1_000;
const batches = 7;
const rounds = 21;
const plannedAt = epochMs(Date.UTC(2026, 10, 21));
/** The level that our writer uses. */
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const log = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };

/** CPU from bytes to a Bronze file, against `JSON.parse` and the bare Parquet writer on the same rows. */
export const cpuPerEvent: Bench = {
  name: 'cpu-per-event',
  run: async () => {
    const reader = await openReader();
    const delivered = Array.from({ length: batches }, (_, place) =>
      sampleMessages(batchSize, place * batchSize),
    );
    const times = await takeTurns(
      rounds,
      () => cpuOf(() => land(reader, delivered)),
      () => {
        // Anew each time: a text remembers its hash, which the writer asks for.
        const parsed = delivered.map((messages) => ({
          messages,
          rows: rowsByTable(reader, messages),
        }));
        return cpuOf(() => parseAndWrite(parsed));
      },
    );
    return [
      {
        what: 'CPU per event, bytes to Bronze file, against JSON.parse and the Parquet writer',
        value: times.ours / times.baseline,
        unit: 'x',
        budget: 1.5,
        kind: 'most',
        detail: `${perEvent(times.ours)} against ${perEvent(times.baseline)} us, median of ${rounds}`,
      },
    ];
  },
};

async function openReader(): Promise<EventReader> {
  const config = readConfig({
    ...(await sampleSettings()),
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  });
  if (!config.ok) throw new Error(JSON.stringify(config.problem));
  return openEventReader(config.value);
}

const author = authorOf({
  namespace: 'bench',
  hub: 'events',
  incarnation: '1',
  consumerGroup: 'bench',
  partitionId: '0',
});

function rowsByTable(
  reader: EventReader,
  messages: readonly HubMessage[],
): ReadonlyMap<string, readonly TableRow[]> {
  const rows = messages.flatMap((message) =>
    reader.read(message).map((read) => {
      const { judgement, columns, index } = read;
      if (judgement.kind === 'rejected') throw new Error(JSON.stringify(judgement.rejection));
      const row = eventRow({
        author,
        partitionId: '0',
        message,
        origin: 'events',
        index,
        columns,
        plannedAt,
        payload: () => read.payload(),
      });
      return { table: judgement.table, row };
    }),
  );
  const grouped = Map.groupBy(rows, ({ table }) => table);
  return new Map([...grouped].map(([table, found]) => [table, found.map(({ row }) => row)]));
}

/** Our way: read, judge, build rows, write data files and commits, one batch after the other. */
async function land(
  reader: EventReader,
  delivered: readonly (readonly HubMessage[])[],
): Promise<void> {
  const store = forgetfulStore();
  const tables = openDeltaTables({ store, clock: systemClock, newId: randomUUID, log });
  for (const messages of delivered) {
    const through = messages.at(-1)?.sequenceNumber ?? 0;
    const appends = [...rowsByTable(reader, messages)].map(([table, rows]) =>
      tables.append({ table, schema: eventTableSchema, author, through, rows }),
    );
    await Promise.all(appends);
  }
}

const utf8 = new TextDecoder();

interface ParsedBatch {
  readonly messages: readonly HubMessage[];
  readonly rows: ReadonlyMap<string, readonly TableRow[]>;
}

/** The floor: parse the JSON, write the same columns of the same files, and nothing else. */
async function parseAndWrite(delivered: readonly ParsedBatch[]): Promise<void> {
  for (const { messages, rows } of delivered) {
    for (const { body } of messages) JSON.parse(utf8.decode(body));
    for (const rowsOfTable of rows.values()) await writeFile(rowsOfTable);
  }
}

async function writeFile(rows: readonly TableRow[]): Promise<void> {
  await parquetWrite({
    writer: new ByteWriter(),
    columnData: eventTableSchema.columns.map(({ name, type }) => ({
      name,
      data: rows.map(({ values }) => values[name] ?? null),
      type: type === 'string' ? 'STRING' : type === 'integer' ? 'INT32' : 'INT64',
    })),
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes, fast) },
    rowGroupSize: rows.length,
  });
}

function perEvent(milliseconds: number): string {
  return ((milliseconds * 1_000) / (batches * batchSize)).toFixed(1);
}
