import type { EpochMs } from '../../../../shared/kernel/time.ts';
import type { OperationSender } from '../instance/instance.ts';

/** The last message of each execution that has sent some, so that none is handled twice. */
export type SenderLog = Readonly<Record<string, { readonly number: number; readonly at: EpochMs }>>;

/** A sender repeats what was perhaps lost soon after it is taken over, if at all. */
const memoryMs = 30 * 60_000;

/** True if the message has been handled: one sender's messages come in the order of their numbers. */
export function isHandled(log: SenderLog, sender: OperationSender | undefined): boolean {
  if (sender === undefined) return false;
  const { executionId, number } = sender;
  const last = Object.hasOwn(log, executionId) ? log[executionId] : undefined;
  return last !== undefined && number <= last.number;
}

/** Notes messages as handled, and forgets those who have been silent for long. */
export function noteHandled(
  log: SenderLog,
  senders: readonly OperationSender[],
  now: EpochMs,
): SenderLog {
  const recent = Object.entries(log).filter(([, { at }]) => now - at < memoryMs);
  const noted = new Map(recent);
  for (const { executionId, number } of senders) {
    const before = noted.get(executionId)?.number ?? number;
    noted.set(executionId, { number: Math.max(before, number), at: now });
  }
  return Object.fromEntries(noted);
}
