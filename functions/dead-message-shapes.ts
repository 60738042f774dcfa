import { createHash } from 'node:crypto';
import { epochMs } from '../shared/kernel/time.ts';
import type { BusMessage } from '../shared/messaging/bus-message.ts';
import { readDetails } from './host-shapes.ts';
import {
  memberOf,
  toAnyBytes,
  toOptionalCount,
  toOptionalInstant,
  toOptionalListOf,
} from './host-values.ts';

/**
 * As `toBusMessages`, but total: a dead-letter queue has no dead-letter queue, so what a message lacks
 * is left away. A message without a number gets one that follows from its bytes.
 */
export function toDeadMessages(input: unknown, metadata: unknown): readonly BusMessage[] {
  const bodies: readonly unknown[] = Array.isArray(input) ? input : [input];
  const list = (name: string): readonly unknown[] =>
    toOptionalListOf(memberOf(metadata, name), bodies.length);
  const sequenceNumbers = list('sequenceNumberArray');
  const enqueuedTimes = list('enqueuedTimeUtcArray');
  const detailsOf = readDetails(metadata, bodies.length);
  return bodies.map((value, at) => {
    const body = toAnyBytes(value);
    return {
      ...detailsOf(at),
      sequenceNumber: toOptionalCount(sequenceNumbers[at]) ?? numberOf(body),
      enqueuedAt: toOptionalInstant(enqueuedTimes[at]) ?? epochMs(0),
      body,
    };
  });
}

/** 48 bits of the hash of the bytes. */
function numberOf(body: Uint8Array): number {
  return createHash('sha256').update(body).digest().readUIntBE(0, 6);
}
