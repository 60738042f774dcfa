import type { SagaClaim, SagaEnding, SagaFile } from '../../shared/ports/sagas.ts';
import { contended } from './contended.ts';
import type { ClosingRequest } from './run.ts';
import type { InstancePorts } from './runner-ports.ts';
import { sendBack } from './send-back.ts';

const maxTries = 5;

/**
 * The last activity of a run: closes the claim with how the run ended, and only then reads what was
 * stored for the saga. Who stores a reply or a cancel reads the claim afterwards, so that one of the
 * two finds what the run has not seen: a reply is late, and a cancel of a completed saga sends it
 * back. Executing it again is harmless.
 * Errors: those of the store and of the engine (transient).
 */
export async function closeSaga(ports: InstancePorts, request: ClosingRequest): Promise<void> {
  const claim = await closeClaim(ports, request);
  if (claim === undefined) return;
  await list(ports, claim, request);
  const file = await ports.store.open(request.sagaId);
  warnOfLateReplies(ports, file, request.ending);
  if (request.run === 'return' || file.stored === undefined) return;
  const seen = new Set(request.ending.seen);
  if (file.cancels.some(({ id }) => !seen.has(id))) await sendBack(ports, file.stored);
}

/** Undefined when the run has no right to close: another one holds the claim. */
async function closeClaim(
  { store }: InstancePorts,
  request: ClosingRequest,
): Promise<SagaClaim | undefined> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const stored = await store.read(request.sagaId);
    if (stored === undefined || !isHeldBy(stored.claim, request)) return undefined;
    if (isClosed(stored.claim, request)) return stored.claim;
    const replaced = await store.replace(withEnding(stored.claim, request), stored.etag);
    if (replaced !== undefined) return replaced.claim;
  }
  throw contended(request.sagaId);
}

function isHeldBy(claim: SagaClaim, { run, token }: ClosingRequest): boolean {
  return (run === 'forward' ? claim.token : claim.returnToken) === token;
}

function isClosed(claim: SagaClaim, { run }: ClosingRequest): boolean {
  return (run === 'forward' ? claim.ending : claim.returnEnding) !== undefined;
}

function withEnding(claim: SagaClaim, { run, ending }: ClosingRequest): SagaClaim {
  return run === 'forward'
    ? { ...claim, phase: 'closed', ending }
    : { ...claim, phase: 'closed', returnEnding: ending };
}

async function list(
  { listing }: InstancePorts,
  { sagaId, definition, enteredAt, claimedAt }: SagaClaim,
  { ending }: ClosingRequest,
): Promise<void> {
  const saga = {
    ...{ sagaId, definition, variant: 'orchestration' as const, phase: ending.outcome },
    startedAt: enteredAt ?? claimedAt,
    changedAt: ending.at,
    reason: ending.reason?.code ?? '',
  };
  await listing.move(saga, 'running');
}

function warnOfLateReplies(
  { log }: InstancePorts,
  { stored, replies }: SagaFile,
  ending: SagaEnding,
): void {
  const seen = new Set([...ending.seen, ...(stored?.claim.ending?.seen ?? [])]);
  for (const { id, commandId } of replies) {
    if (seen.has(id)) continue;
    log.warn('A reply came too late for its saga', { replyId: id, commandId });
  }
}
