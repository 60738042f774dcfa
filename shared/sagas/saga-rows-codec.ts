import { createHash } from 'node:crypto';
import { AppError } from '../kernel/app-error.ts';
import { toAsciiJson } from '../kernel/ascii-json.ts';
import { epochMs } from '../kernel/time.ts';
import type { SagaClaim, SagaFile, StoredCancel, StoredReply } from '../ports/sagas.ts';

/** A row as Table Storage holds it. */
export type SagaEntity = Readonly<Record<string, unknown>> & {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag?: string;
};

/** The row key of the claim; it sorts between those of cancels and replies. */
export const claimKey = 'claim';
const cancelPrefix = 'cancel|';
const replyPrefix = 'reply|';

/** A text property holds 64 KiB of UTF-16; a claim is cut into pieces of this length. */
const pieceLength = 32_000;

/** The claim, whole as JSON, and beside it what a person looks for in the table. */
export function claimEntity(claim: SagaClaim): SagaEntity & { readonly rowKey: string } {
  const text = toAsciiJson(JSON.stringify(claim));
  const pieces: Record<string, string> = {};
  for (let at = 0; at < text.length; at += pieceLength) {
    pieces[`claim${at / pieceLength}`] = text.slice(at, at + pieceLength);
  }
  const { sagaId, phase, definition } = claim;
  const outcome = (claim.returnEnding ?? claim.ending)?.outcome ?? '';
  return { partitionKey: sagaId, rowKey: claimKey, phase, definition, outcome, ...pieces };
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that we have not written. */
export function toClaim(entity: SagaEntity): SagaClaim {
  let text = '';
  for (let piece = 0; ; piece += 1) {
    const value = entity[`claim${piece}`];
    if (typeof value !== 'string') break;
    text += value;
  }
  const claim: unknown = parse(text);
  if (isClaimOf(claim, entity.partitionKey)) return claim;
  throw damaged(entity);
}

/** Ids are chosen by others, so a hash of theirs is the key. */
export function replyEntity(sagaId: string, reply: StoredReply): SagaEntity {
  const rowKey = replyPrefix + hashOf(reply.id);
  return { partitionKey: sagaId, rowKey, ...reply, receivedAt: toText(reply.receivedAt) };
}

export function cancelEntity(sagaId: string, cancel: StoredCancel): SagaEntity {
  const rowKey = cancelPrefix + hashOf(cancel.id);
  return { partitionKey: sagaId, rowKey, ...cancel, receivedAt: toText(cancel.receivedAt) };
}

/** The rows of one saga, each with its ETag. Errors: as `toClaim`. */
export function toSagaFile(entities: readonly SagaEntity[]): SagaFile {
  const claim = entities.find(({ rowKey }) => rowKey === claimKey);
  return {
    stored: claim && { claim: toClaim(claim), etag: etagOf(claim.etag) },
    replies: rowsUnder(entities, replyPrefix).map(toReply).toSorted(byArrival),
    cancels: rowsUnder(entities, cancelPrefix).map(toCancel).toSorted(byArrival),
  };
}

/** Errors: `storage.unexpected_answer` (transient) when there is none. */
export function etagOf(etag: string | undefined): string {
  if (etag !== undefined) return etag;
  throw new AppError('storage.unexpected_answer', 'Table Storage answered without an ETag.', {
    kind: 'transient',
  });
}

function rowsUnder(entities: readonly SagaEntity[], prefix: string): readonly SagaEntity[] {
  return entities.filter(({ rowKey }) => rowKey.startsWith(prefix));
}

function toReply(entity: SagaEntity): StoredReply {
  const { id, commandId, outcome, code, receivedAt } = entity;
  if (typeof id !== 'string' || typeof commandId !== 'string') throw damaged(entity);
  if (outcome !== 'done' && outcome !== 'refused') throw damaged(entity);
  const reply = { id, commandId, receivedAt: epochMs(Number(receivedAt)) };
  return { ...reply, outcome, ...(typeof code === 'string' && { code }) };
}

function toCancel(entity: SagaEntity): StoredCancel {
  const { id, code, detail, receivedAt } = entity;
  if (typeof id !== 'string' || typeof code !== 'string') throw damaged(entity);
  const text = typeof detail === 'string' ? detail : '';
  return { id, code, detail: text, receivedAt: epochMs(Number(receivedAt)) };
}

function byArrival(
  left: { readonly receivedAt: number; readonly id: string },
  right: { readonly receivedAt: number; readonly id: string },
): number {
  return left.receivedAt - right.receivedAt || (left.id < right.id ? -1 : 1);
}

/** Epoch milliseconds exceed an Edm.Int32; as text they keep their kind. */
function toText(instant: number): string {
  return String(instant);
}

function hashOf(id: string): string {
  return createHash('sha256').update(id, 'utf16le').digest('hex');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isClaimOf(value: unknown, sagaId: string): value is SagaClaim {
  if (typeof value !== 'object' || value === null) return false;
  const claim = value as Partial<SagaClaim>;
  return (
    claim.sagaId === sagaId &&
    typeof claim.definition === 'string' &&
    typeof claim.facts === 'object' &&
    (['claimed', 'running', 'closed', 'returning'] as unknown[]).includes(claim.phase)
  );
}

function damaged({ partitionKey, rowKey }: SagaEntity): AppError {
  return new AppError('storage.unexpected_answer', 'A row of the table sagas is damaged.', {
    kind: 'permanent',
    details: { sagaId: partitionKey, rowKey },
  });
}
