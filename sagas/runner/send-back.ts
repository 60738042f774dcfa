import type { SagaClaim, StoredClaim } from '../../shared/ports/sagas.ts';
import { contended } from './contended.ts';
import { instanceIdOf, toRunInput } from './run.ts';
import type { InstancePorts } from './runner-ports.ts';

const maxTries = 5;

/**
 * Has a completed saga compensated by a run of its own. The claim goes from `closed` to `returning`
 * once; until a run has entered it, every call asks for one, with a fresh token. True when the saga
 * is on its way back; false when there is nothing to send back, or it has been sent back before.
 * Errors: those of the store and of the engine (transient).
 */
export async function sendBack(ports: InstancePorts, stored: StoredClaim): Promise<boolean> {
  let standing: StoredClaim | undefined = stored;
  for (let tries = 0; tries < maxTries && standing !== undefined; tries += 1) {
    const { claim, etag }: StoredClaim = standing;
    if (claim.phase === 'returning') {
      if (claim.returnToken === undefined) await startReturn(ports, claim.sagaId);
      return true;
    }
    if (!canReturn(claim)) return false;
    const replaced = await ports.store.replace({ ...claim, phase: 'returning' }, etag);
    standing = replaced ?? (await ports.store.read(claim.sagaId));
  }
  throw contended(stored.claim.sagaId);
}

function canReturn({ phase, ending, returnEnding }: SagaClaim): boolean {
  return phase === 'closed' && ending?.outcome === 'completed' && returnEnding === undefined;
}

async function startReturn({ instances, newToken }: InstancePorts, sagaId: string): Promise<void> {
  const input = toRunInput({ sagaId, run: 'return', token: newToken() });
  await instances.start(instanceIdOf(sagaId, 'return'), input);
}
