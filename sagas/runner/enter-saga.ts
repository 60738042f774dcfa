import { commandIdOf } from '../../domain/messages.ts';
import { addDuration } from '../../shared/kernel/time.ts';
import type { SagaClaim, SagaFile } from '../../shared/ports/sagas.ts';
import { contended } from './contended.ts';
import { instanceIdOf, type Entry, type EntryRequest } from './run.ts';
import type { RunnerPorts } from './runner-ports.ts';
import type { SagaReason } from './saga-state.ts';

/** Every lost race means that somebody else has moved the claim on; few can. */
const maxTries = 5;

/**
 * The first activity of a run: enters its token in the claim, or refuses the run. Of all runs that
 * are started for a saga one enters, so that an order is fulfilled once, whatever was repeated or
 * crashed; the same run may ask again. Cancels that came before the run are part of the answer:
 * they are read with the claim, before the token is entered, and whoever stores one later finds the
 * instance there.
 * Errors: those of the store (transient).
 */
export async function enterSaga(ports: RunnerPorts, request: EntryRequest): Promise<Entry> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const file = await ports.store.open(request.sagaId);
    if (file.stored === undefined) return { kind: 'refused' };
    const entered = enterClaim(file.stored.claim, file.replies, request);
    if (entered === undefined) return { kind: 'refused' };
    const isMine = entered === file.stored.claim;
    if (isMine || (await ports.store.replace(entered, file.stored.etag)) !== undefined) {
      await list(ports, entered, request);
      return entryOf(ports, { ...file, claim: entered }, request);
    }
  }
  throw contended(request.sagaId);
}

/** The claim with the run's token; the same claim when it is there already. */
function enterClaim(
  claim: SagaClaim,
  replies: SagaFile['replies'],
  { run, token, at }: EntryRequest,
): SagaClaim | undefined {
  if (run === 'forward') {
    if (claim.phase === 'claimed') return { ...claim, phase: 'running', token, enteredAt: at };
    return claim.phase === 'running' && mayEnterAgain(claim, replies, token) ? claim : undefined;
  }
  if (claim.phase !== 'returning') return undefined;
  if (claim.returnToken === undefined) return { ...claim, returnToken: token, returnedAt: at };
  return claim.returnToken === token ? claim : undefined;
}

/**
 * A run may ask again, but not once it has got answers. Somebody has restarted its instance, and a
 * machine that began anew would know of none of the steps that were taken: it would time out and
 * undo the first one alone. A returning run may begin anew, because it undoes everything.
 */
function mayEnterAgain(
  { sagaId, token: entered }: SagaClaim,
  replies: SagaFile['replies'],
  token: string,
): boolean {
  const ownCommands = commandIdOf(sagaId, '');
  return entered === token && !replies.some(({ commandId }) => commandId.startsWith(ownCommands));
}

async function list(
  { listing }: RunnerPorts,
  claim: SagaClaim,
  { sagaId, run, at }: EntryRequest,
): Promise<void> {
  const { definition, enteredAt = at } = claim;
  const saga = {
    sagaId,
    definition,
    variant: 'orchestration',
    startedAt: enteredAt,
    reason: '',
  } as const;
  await (run === 'forward'
    ? listing.move({ ...saga, phase: 'running', changedAt: enteredAt }, undefined)
    : listing.move(
        { ...saga, phase: 'compensating', changedAt: claim.returnedAt ?? at },
        'completed',
      ));
}

function entryOf(
  { settings }: RunnerPorts,
  { claim, cancels }: SagaFile & { readonly claim: SagaClaim },
  { sagaId, run, at }: EntryRequest,
): Entry {
  const isForward = run === 'forward';
  const startedAt = (isForward ? claim.enteredAt : claim.returnedAt) ?? at;
  const seen = new Set(claim.ending?.seen);
  return {
    kind: 'entered',
    definition: claim.definition,
    start: {
      sagaId,
      instanceId: instanceIdOf(sagaId, run),
      facts: (isForward ? undefined : claim.ending?.facts) ?? claim.facts,
      startedAt,
      deadline: addDuration(startedAt, settings.timeout),
      ...(claim.traceparent !== undefined && { traceparent: claim.traceparent }),
      stepPatience: settings.stepPatience,
      compensationPatience: settings.compensationPatience,
    },
    cancels: cancels
      .filter(({ id }) => !seen.has(id))
      .map(({ id, code, detail }) => {
        const reason: SagaReason = { code, detail };
        return { id, reason };
      }),
  };
}
