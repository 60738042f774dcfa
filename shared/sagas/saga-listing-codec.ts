import { AppError } from '../kernel/app-error.ts';
import { epochMs, type EpochMs } from '../kernel/time.ts';
import type { ListedSaga } from '../ports/saga-listing.ts';

/** A row as Table Storage holds it. */
export type ListingEntity = Readonly<Record<string, unknown>> & {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag?: string;
};

/** Says under which phase the saga stands, so that a move finds the row that it has to take away. */
export interface Place {
  readonly phase: ListedSaga['phase'];
  readonly startedAt: EpochMs;
  readonly changedAt: EpochMs;
  readonly etag: string;
}

/** One partition for all, so that a saga moves from phase to phase in one transaction. */
export const listingPartition = 'sagas';
const placePrefix = 'at|';
const latestStart = 9_999_999_999_999;

export function placeKey(sagaId: string): string {
  return placePrefix + sagaId;
}

export function placeEntity({ sagaId, phase, startedAt, changedAt }: ListedSaga) {
  return {
    partitionKey: listingPartition,
    rowKey: placeKey(sagaId),
    phase,
    startedAt: String(startedAt),
    changedAt: String(changedAt),
  };
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that we have not written. */
export function toPlace(entity: ListingEntity): Place {
  const { phase, startedAt, changedAt, etag } = entity;
  if (!isPhase(phase) || etag === undefined) throw damaged(entity);
  const instants = { startedAt: epochMs(Number(startedAt)), changedAt: epochMs(Number(changedAt)) };
  return { phase, ...instants, etag };
}

/** Sorts within its phase by start, the newest first. */
export function rowKeyOf({
  phase,
  startedAt,
  sagaId,
}: Pick<ListedSaga, 'phase' | 'startedAt' | 'sagaId'>): string {
  const age = String(latestStart - startedAt).padStart(13, '0');
  return `${phase}|${age}|${sagaId}`;
}

export function listedEntity(saga: ListedSaga) {
  const { startedAt, changedAt, ...texts } = saga;
  return {
    partitionKey: listingPartition,
    rowKey: rowKeyOf(saga),
    ...texts,
    startedAt: String(startedAt),
    changedAt: String(changedAt),
  };
}

/** Errors: as `toPlace`. */
export function toListedSaga(entity: ListingEntity): ListedSaga {
  const { sagaId, definition, variant, phase, startedAt, changedAt, reason } = entity;
  if (typeof sagaId !== 'string' || typeof definition !== 'string') throw damaged(entity);
  if (variant !== 'orchestration' && variant !== 'choreography') throw damaged(entity);
  if (!isPhase(phase)) throw damaged(entity);
  return {
    ...{ sagaId, definition, variant, phase },
    startedAt: epochMs(Number(startedAt)),
    changedAt: epochMs(Number(changedAt)),
    reason: typeof reason === 'string' ? reason : '',
  };
}

/** The rows of a phase, from the one behind `from` on. */
export function pageFilter(phase: ListedSaga['phase'], from: string | undefined): string {
  const after = from === undefined ? `${phase}|` : `${phase}|${from}`;
  return `PartitionKey eq '${listingPartition}' and RowKey gt '${after}' and RowKey lt '${phase}}'`;
}

/** What a caller gets to ask for the next page: the key of the last row without its phase. */
export function continuationAfter(saga: ListedSaga): string {
  return rowKeyOf(saga).slice(saga.phase.length + 1);
}

/** Whether a text can be a continuation; others must not reach a filter. */
export function isContinuation(text: string): boolean {
  return /^\d{13}\|[A-Za-z0-9._=-]{1,90}$/.test(text);
}

function isPhase(value: unknown): value is ListedSaga['phase'] {
  return (phases as readonly unknown[]).includes(value);
}

const phases = ['running', 'compensating', 'completed', 'compensated', 'needs-human'] as const;

function damaged({ rowKey }: ListingEntity): AppError {
  return new AppError('storage.unexpected_answer', 'A row of the table sagastate is damaged.', {
    kind: 'permanent',
    details: { rowKey },
  });
}
