import { fail, succeed, type Result } from '../../../shared/kernel/result.ts';
import type { ErrorCondition } from '../amqp/index.ts';

/** A reader of one partition in one consumer group. */
export interface AdmittedReader {
  /** The owner level, or undefined for a reader that shares the partition with others. */
  readonly epoch: number | undefined;
}

/** Readers without an owner level that one group may have on one partition. */
export const maxSharedReaders = 5;

/**
 * Decides whether a new reader may read a partition and whom it drives out. An equal owner level
 * takes over too: an event processor always asks with 0.
 */
export function admitReader<Reader extends AdmittedReader>(
  present: readonly Reader[],
  epoch: number | undefined,
): Result<{ readonly stolen: readonly Reader[] }, ErrorCondition> {
  const highest = Math.max(-1, ...present.map((reader) => reader.epoch ?? -1));
  if (epoch !== undefined && epoch >= highest) return succeed({ stolen: present });
  if (epoch !== undefined) {
    return fail(
      receiverDisconnected(`Receiver ${epoch} is lower than the epoch ${highest} in use.`),
    );
  }
  if (highest >= 0) {
    return fail(receiverDisconnected(`A receiver with epoch ${highest} owns the partition.`));
  }
  if (present.length >= maxSharedReaders) {
    return fail({
      condition: 'amqp:resource-limit-exceeded',
      description:
        'Exceeded the maximum number of allowed receivers per partition in a consumer group ' +
        `which is ${maxSharedReaders}.`,
    });
  }
  return succeed({ stolen: [] });
}

/** What a reader hears that another one has driven out, or that is not let in. */
export function receiverDisconnected(description: string): ErrorCondition {
  return { condition: 'amqp:link:stolen', description };
}
