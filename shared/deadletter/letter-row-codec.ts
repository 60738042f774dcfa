import { AppError } from '../kernel/app-error.ts';
import { toAsciiJson } from '../kernel/ascii-json.ts';
import { orderKeyOf } from '../kernel/order-key.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { AuditEntry, ListedLetter } from '../ports/dead-letter-desk.ts';
import type { DeadLetterRecord, Resolution } from '../ports/dead-letters.ts';
import type { ReplayIntent } from '../ports/replays.ts';
import { auditAddress, letterAddress, partAddress, type Address } from './keys.ts';
import { toTextRows } from './letter-text-codec.ts';

/** A row as Table Storage holds it. */
export type Row = Address & Readonly<Record<string, unknown>> & { readonly etag?: string };

/** What is asked of a letter's row when its text is not: little, whatever its size. */
export const headColumns = ['PartitionKey', 'RowKey', 'summary', 'resolution', 'rows'];

/** The part of a letter that changes, and what its index rows are made of. */
export interface LetterHead {
  readonly summary: Omit<ListedLetter, 'state'>;
  readonly resolution: StoredResolution;
  /** How many rows the text is spread over. */
  readonly rows: number;
  readonly etag: string;
}

export interface StoredResolution extends Omit<Resolution, 'at'> {
  /** How often it has changed. */
  readonly number: number;
  readonly at: EpochMs | null;
  readonly payloadPurgedAt: EpochMs | null;
  /** A replay that is decided and not settled. */
  readonly staged?: ReplayIntent | undefined;
  /** How many replays have been decided. */
  readonly replays?: number;
}

/** Longer texts of producers are cut in summaries; the record has them whole. */
const summaryLengths = { text: 256, detail: 200, group: 520 };

const unreadableType = 'unreadable';

/** What lists show of a record. */
export function summarise(record: DeadLetterRecord): LetterHead['summary'] {
  const { id, deadLetteredAt, category } = record;
  return {
    ...{ id, deadLetteredAt, category },
    origin: cutText(record.origin),
    type: cutText(record.type ?? unreadableType),
    source: record.source === null ? null : cutText(record.source),
    eventId: record.eventId === null ? null : cutText(record.eventId),
    code: cutText(record.code),
    detail: record.violations[0].detail.slice(0, summaryLengths.detail),
    failureGroup: cutGroup(record.failureGroup),
    key: record.sessionId === null ? null : orderKeyOf(record.origin, record.sessionId),
  };
}

/** A text as summaries hold it. */
export function cutText(text: string): string {
  return text.slice(0, summaryLengths.text);
}

/** A failure group as summaries hold it. */
export function cutGroup(text: string): string {
  return text.slice(0, summaryLengths.group);
}

export const openResolution: StoredResolution = {
  number: 0,
  state: 'open',
  at: null,
  by: '',
  why: '',
  payloadPurgedAt: null,
};

/** The rows of a letter, its own first: the others have to be there before it. */
export function letterRows(
  record: DeadLetterRecord,
  resolution: StoredResolution,
): readonly [Row, ...Row[]] {
  const { id } = record;
  const [own, ...parts] = toTextRows(record);
  const head = {
    summary: toText(summarise(record)),
    resolution: toText(resolution),
    rows: parts.length + 1,
  };
  return [
    { ...letterAddress(id), ...head, ...own },
    ...parts.map((columns, at) => ({ ...partAddress(id, at + 1), ...columns })),
  ];
}

/** Changes the resolution and nothing else: a row to merge. */
export function resolutionRow(id: string, resolution: StoredResolution): Row {
  return { ...letterAddress(id), resolution: toText(resolution) };
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that we have not written. */
export function toLetterHead(row: Row): LetterHead {
  const { summary, resolution, rows, etag } = row;
  if (typeof summary !== 'string' || typeof resolution !== 'string') throw damaged(row);
  if (typeof rows !== 'number' || etag === undefined) throw damaged(row);
  return {
    summary: JSON.parse(summary) as LetterHead['summary'],
    resolution: toStoredResolution(resolution),
    ...{ rows, etag },
  };
}

export function toStoredResolution(text: string): StoredResolution {
  return { ...openResolution, ...(JSON.parse(text) as StoredResolution) };
}

export function auditRow(id: string, entry: AuditEntry, token: string): Row {
  return { ...auditAddress(id, entry.at, token), entry: toText(entry) };
}

/** Errors: as `toLetterHead`. */
export function toAuditEntry(row: Row): AuditEntry {
  const { entry } = row;
  if (typeof entry !== 'string') throw damaged(row);
  return JSON.parse(entry) as AuditEntry;
}

export function toText(value: object): string {
  return toAsciiJson(JSON.stringify(value));
}

/** The failure of reading a row that is not as we write them. */
export function damaged({ partitionKey, rowKey }: Address): AppError {
  return new AppError('storage.unexpected_answer', 'A row of brzeventdeadletter is damaged.', {
    kind: 'permanent',
    details: { partitionKey, rowKey },
  });
}
