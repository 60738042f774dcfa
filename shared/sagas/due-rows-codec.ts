import { createHash } from 'node:crypto';
import { AppError } from '../kernel/app-error.ts';
import { epochMs, type EpochMs } from '../kernel/time.ts';
import type { DueEntry, DueRow } from '../ports/due-rows.ts';

/** A row as Table Storage holds it. */
export type DueEntity = Readonly<Record<string, unknown>> & {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag?: string;
};

/** The partitions that rows are spread over; each has the index of its own rows. */
export const duePartitions: readonly string[] = Array.from('0123456789abcdef');

const rowPrefix = 'row|';
const duePrefix = 'due|';
const instantLength = 13;
/** A text property holds 64 KiB of UTF-16; a text is cut into pieces of this length. */
const pieceLength = 32_000;

export function rowAddress(id: string): { readonly partitionKey: string; readonly rowKey: string } {
  const partitionKey = createHash('sha256').update(id).digest('hex').slice(0, 1);
  return { partitionKey, rowKey: rowPrefix + id };
}

export function rowEntity(id: string, { text, dueAt }: DueRow): DueEntity {
  const pieces: Record<string, string> = {};
  for (let at = 0; at < text.length; at += pieceLength) {
    pieces[`text${at / pieceLength}`] = text.slice(at, at + pieceLength);
  }
  return { ...rowAddress(id), dueAt: dueAt === undefined ? '' : String(dueAt), ...pieces };
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that we have not written. */
export function toDueRow(entity: DueEntity): DueRow {
  const { dueAt } = entity;
  const pieces: string[] = [];
  for (let piece = entity['text0']; typeof piece === 'string';) {
    pieces.push(piece);
    piece = entity[`text${pieces.length}`];
  }
  if (typeof dueAt !== 'string' || pieces.length === 0) throw damaged(entity);
  return { text: pieces.join(''), dueAt: dueAt === '' ? undefined : epochMs(Number(dueAt)) };
}

/** The entry under which a row is found when it is due. */
export function dueEntity(id: string, dueAt: EpochMs): DueEntity {
  const { partitionKey } = rowAddress(id);
  return { partitionKey, rowKey: `${duePrefix}${toText(dueAt)}|${id}` };
}

/** Entries of a partition up to and with this instant; `}` is behind the `|` that follows it. */
export function dueFilter(partition: string, now: EpochMs): string {
  const range = `RowKey gt '${duePrefix}' and RowKey lt '${duePrefix}${toText(now)}}'`;
  return `PartitionKey eq '${partition}' and ${range}`;
}

/** Errors: as `toDueRow`. */
export function toDueEntry(entity: DueEntity): DueEntry {
  const [, instant = '', ...rest] = entity.rowKey.split('|');
  if (!/^\d{13}$/.test(instant) || rest.length !== 1) throw damaged(entity);
  return { id: rest.join(''), dueAt: epochMs(Number(instant)) };
}

function toText(instant: EpochMs): string {
  return String(Math.trunc(instant)).padStart(instantLength, '0');
}

function damaged({ rowKey }: DueEntity): AppError {
  return new AppError('storage.unexpected_answer', 'A row of the table choreography is damaged.', {
    kind: 'permanent',
    details: { rowKey },
  });
}
