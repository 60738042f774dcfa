import type { TableClient } from '@azure/data-tables';
import { epochMs } from '../kernel/time.ts';
import type { LetterFile } from '../ports/dead-letter-desk.ts';
import type { DeadLetterRecord } from '../ports/dead-letters.ts';
import { isLetterId, letterAddress, partAddress, rangeFilter, shardOf } from './keys.ts';
import { damaged, toAuditEntry, toLetterHead, type Row } from './letter-row-codec.ts';
import { fromTextRows } from './letter-text-codec.ts';
import { toResolution } from './resolution.ts';
import { queryRows, readRow } from './table-requests.ts';

/** Everything that is kept of a letter. */
export async function readLetter(table: TableClient, id: string): Promise<LetterFile | undefined> {
  if (!isLetterId(id)) return undefined;
  const filter = rangeFilter(shardOf(id), `audit|${id}`);
  const [row, audit] = await Promise.all([
    readRow(table, letterAddress(id)),
    queryRows(table, { filter }),
  ]);
  if (row === undefined) return undefined;
  const { resolution, rows, etag } = toLetterHead(row);
  const record = await assemble(table, { id, row, rows });
  // A purge has taken the rest of it away since its row was read.
  if (record === undefined) return await readLetter(table, id);
  const { payloadPurgedAt } = resolution;
  return {
    record,
    resolution: toResolution(resolution),
    payloadPurgedAt: payloadPurgedAt === null ? undefined : epochMs(payloadPurgedAt),
    staged: resolution.staged,
    audit: audit.map(toAuditEntry),
    etag,
  };
}

/** The record of a letter; undefined when it changed while it was read. */
export async function readRecord(
  table: TableClient,
  id: string,
): Promise<DeadLetterRecord | undefined> {
  const row = await readRow(table, letterAddress(id));
  return row && (await assemble(table, { id, row, rows: toLetterHead(row).rows }));
}

async function assemble(
  table: TableClient,
  { id, row, rows }: { readonly id: string; readonly row: Row; readonly rows: number },
): Promise<DeadLetterRecord | undefined> {
  const addresses = Array.from({ length: rows - 1 }, (_, at) => partAddress(id, at + 1));
  const parts = await Promise.all(addresses.map((address) => readRow(table, address)));
  const record = fromTextRows([row, ...parts.flatMap((part) => part ?? [])]);
  if (record === undefined && rows === 1) throw damaged(row);
  return record;
}
