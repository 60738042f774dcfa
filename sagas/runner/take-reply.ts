import type { Reply } from '../../domain/messages.ts';
import type { SagaClaim, StoredReply } from '../../shared/ports/sagas.ts';
import { unreachable } from './cancel-saga.ts';
import { runOf, type RunKind, type RunMessage } from './run.ts';
import type { InstancePorts } from './runner-ports.ts';

export type ReplyOutcome =
  /** A run waits for messages and has it, or has had it. */
  | 'delivered'
  /** The run had ended. The reply is kept with the saga. */
  | 'late'
  /** Nobody knows the saga. The reply is kept under its id. */
  | 'unknown-saga'
  /** It names an instance that is none of its saga. */
  | 'misdirected';

/**
 * Brings a reply to the run that waits for it. The reply is stored first, then raised, then the
 * claim is read: the run that closes the claim meanwhile reads the stored replies after that, so
 * that none is dropped without a trace. Repeating it is harmless.
 * Errors: `saga.unreachable` (transient) when a run holds the claim but its instance is gone, so
 * that the broker delivers again and dead-letters in the end; those of store and engine (transient).
 */
export async function takeReply(ports: InstancePorts, reply: Reply): Promise<ReplyOutcome> {
  const { store, instances, clock, log } = ports;
  const { sagaId, replyTo } = reply;
  const run = runOf(sagaId, replyTo);
  if (run === undefined) return 'misdirected';
  await store.addReply(sagaId, { ...storedReply(reply), receivedAt: clock.now() });
  const message: RunMessage = { kind: 'reply', reply };
  const raised = await instances.raise(replyTo, message);
  const stored = await store.read(sagaId);
  const details = { sagaId, replyId: reply.id, commandId: reply.commandId };
  if (stored === undefined) {
    log.warn('A reply belongs to no saga', details);
    return 'unknown-saga';
  }
  if (isOpen(stored.claim, run)) {
    if (raised === 'raised') return 'delivered';
    throw unreachable(sagaId);
  }
  if (hasSeen(stored.claim, reply.id)) return 'delivered';
  log.warn('A reply came too late for its saga', details);
  return 'late';
}

function storedReply({ id, commandId, outcome }: Reply): Omit<StoredReply, 'receivedAt'> {
  const base = { id, commandId, outcome: outcome.kind };
  return outcome.kind === 'refused' ? { ...base, code: outcome.code } : base;
}

function isOpen({ phase }: SagaClaim, run: RunKind): boolean {
  return run === 'forward' ? phase === 'claimed' || phase === 'running' : phase === 'returning';
}

function hasSeen({ ending, returnEnding }: SagaClaim, replyId: string): boolean {
  return [ending, returnEnding].some((each) => each?.seen.includes(replyId) === true);
}
