import { AppError } from '../../shared/kernel/app-error.ts';
import type { StoredCancel, StoredClaim } from '../../shared/ports/sagas.ts';
import { instanceIdOf, type RunMessage } from './run.ts';
import type { InstancePorts } from './runner-ports.ts';
import { sendBack } from './send-back.ts';

export type CancelOutcome =
  /** The run has it, or will read it when it enters. */
  | 'delivered'
  /** The saga is not known: should it start, it will compensate at once. */
  | 'kept'
  /** The saga had completed and is being compensated. */
  | 'returning'
  /** The saga had ended otherwise: there is nothing to do. */
  | 'recorded';

/** A run that enters between two requests answers the second try. */
const maxTries = 3;

/**
 * Has a saga compensated, wherever it is. The cancel is stored first, then raised, then the claim is
 * read; repeating it is harmless.
 * Errors: `saga.unreachable` (transient) when a run holds the claim but its instance is gone; those
 * of the store and of the engine (transient).
 */
export async function cancelSaga(
  ports: InstancePorts,
  sagaId: string,
  cancel: Omit<StoredCancel, 'receivedAt'>,
): Promise<CancelOutcome> {
  const { store, instances, clock } = ports;
  const { id, code } = cancel;
  const detail = cancel.detail.slice(0, maxDetailLength);
  await store.addCancel(sagaId, { id, code, detail, receivedAt: clock.now() });
  const message: RunMessage = { kind: 'cancel', id, reason: { code, detail } };
  for (let tries = 0; tries < maxTries; tries += 1) {
    const raised = await instances.raise(instanceIdOf(sagaId, 'forward'), message);
    const stored = await store.read(sagaId);
    if (stored === undefined) return 'kept';
    const { phase } = stored.claim;
    if (phase === 'closed' || phase === 'returning') return await cancelEnded(ports, stored, id);
    // A run that has yet to enter reads the stored cancels when it does.
    if (phase === 'claimed' || raised === 'raised') return 'delivered';
  }
  throw unreachable(sagaId);
}

async function cancelEnded(
  ports: InstancePorts,
  stored: StoredClaim,
  cancelId: string,
): Promise<CancelOutcome> {
  const { ending, returnEnding } = stored.claim;
  if (ending?.seen.includes(cancelId) === true) return 'delivered';
  if (returnEnding !== undefined) return 'recorded';
  return (await sendBack(ports, stored)) ? 'returning' : 'recorded';
}

/** A reason is for a person to read. */
const maxDetailLength = 1_000;

/** A run holds the claim, but the engine has no instance that could be told: `saga.unreachable`. */
export function unreachable(sagaId: string): AppError {
  return new AppError(
    'saga.unreachable',
    'The saga is open, but its durable instance is missing or has failed. Look at the instance in ' +
      'the task hub; what was sent to the saga is stored with it.',
    { kind: 'transient', details: { sagaId } },
  );
}
