import { AppError } from '../kernel/app-error.ts';
import type { HubPartition } from '../kernel/author.ts';
import type { HubMessage, HubReader } from '../ports/hub.ts';
import type { SequenceRange } from '../ports/ledger.ts';

/** A run of sequence numbers with every message of it that still exists. */
export interface Stretch extends SequenceRange {
  readonly messages: readonly HubMessage[];
  /** What retention took. */
  readonly lost: readonly SequenceRange[];
}

export interface StretchRequest {
  readonly partition: HubPartition;
  /** What the trigger delivered, by sequence number. */
  readonly delivered: ReadonlyMap<number, HubMessage>;
  readonly first: number;
  readonly last: number;
  /** At most so many messages are read again at once. */
  readonly rereadWindow: number;
}

/**
 * The longest stretch from `first` that is either delivered or a hole. A hole is read from the hub.
 * Errors: `broker.unavailable`, `hub.recreated` (both transient).
 */
export async function gatherStretch(hub: HubReader, request: StretchRequest): Promise<Stretch> {
  const { delivered, first, last } = request;
  if (!delivered.has(first)) return rereadHole(hub, { ...request, last: holeEnd(request) });
  const messages: HubMessage[] = [];
  for (let next = first; next <= last; next += 1) {
    const message = delivered.get(next);
    if (message === undefined) break;
    messages.push(message);
  }
  return { first, last: first + messages.length - 1, messages, lost: [] };
}

/**
 * Throws when the hub no longer is the incarnation that the partition names, so that the caller
 * takes the new one. Asked after messages were read, it proves that they belong to this incarnation.
 */
export async function confirmIncarnation(hub: HubReader, partition: HubPartition): Promise<void> {
  if (await hub.isCurrent(partition)) return;
  throw new AppError('hub.recreated', `The hub ${partition.hub} was created anew.`, {
    kind: 'transient',
    details: { hub: partition.hub, incarnation: partition.incarnation },
  });
}

function holeEnd({ delivered, first, last }: StretchRequest): number {
  let end = last;
  for (const sequenceNumber of delivered.keys()) {
    if (sequenceNumber > first && sequenceNumber <= end) end = sequenceNumber - 1;
  }
  return end;
}

async function rereadHole(hub: HubReader, request: StretchRequest): Promise<Stretch> {
  const { partition, first } = request;
  const { beginSequenceNumber: begin } = await hub.bounds(partition);
  const start = Math.max(first, begin);
  if (start > request.last) {
    await confirmIncarnation(hub, partition);
    return { first, last: request.last, messages: [], lost: [{ first, last: request.last }] };
  }
  const last = Math.min(request.last, start + request.rereadWindow - 1);
  const messages = await hub.read(partition, start, last);
  const lost = missingRanges({ first, last }, messages);
  if (lost.length > 0) await confirmLost(hub, request, lost);
  await confirmIncarnation(hub, partition);
  return { first, last, messages, lost };
}

function missingRanges(
  { first, last }: SequenceRange,
  messages: readonly HubMessage[],
): SequenceRange[] {
  const missing: SequenceRange[] = [];
  let expected = first;
  for (const { sequenceNumber } of messages) {
    if (sequenceNumber > expected) missing.push({ first: expected, last: sequenceNumber - 1 });
    expected = sequenceNumber + 1;
  }
  if (expected <= last) missing.push({ first: expected, last });
  return missing;
}

/** Retention moves on while we read; what it has not reached must not be given up. */
async function confirmLost(
  hub: HubReader,
  { partition }: StretchRequest,
  missing: readonly SequenceRange[],
): Promise<void> {
  const { beginSequenceNumber } = await hub.bounds(partition);
  const newest = missing.at(-1)?.last ?? -1;
  if (newest < beginSequenceNumber) return;
  throw new AppError('broker.unavailable', 'The hub holds messages that it did not return.', {
    kind: 'transient',
    details: { hub: partition.hub, partition: partition.partitionId, sequenceNumber: newest },
  });
}
