import { AppError } from '../../kernel/app-error.ts';
import { fail, succeed, type Result } from '../../kernel/result.ts';
import type { DeadLetterDesk, LetterFile } from '../../ports/dead-letter-desk.ts';
import type { DeadLetterPayload } from '../../ports/dead-letters.ts';
import type { Log } from '../../ports/log.ts';
import type { PayloadStore } from '../../ports/payloads.ts';
import type {
  Prediction,
  ReplayBook,
  ReplayContent,
  ReplayIntent,
  ReplayProbe,
  ReplaySender,
  ReplayTarget,
  StagingOutcome,
} from '../../ports/replays.ts';
import { readPatch } from './json-patch.ts';
import { predictedRefusal } from './predicted-refusal.ts';
import { replayContent } from './replay-content.ts';
import { refusalOutcome, sentOutcome, type Refusal, type ReplayOutcome } from './replay-outcome.ts';
import { consumerOf, findTarget, type ReplayWays } from './replay-ways.ts';

/** What replaying takes. */
export interface ReplayPorts {
  readonly desk: Pick<DeadLetterDesk, 'show' | 'list' | 'settle' | 'tallies'>;
  readonly book: ReplayBook;
  readonly payloads: Pick<PayloadStore, 'get'>;
  readonly sender: ReplaySender;
  readonly probe: ReplayProbe;
  readonly ways: ReplayWays;
  readonly log: Log;
}

/** Who wants what of a letter. */
export interface ReplayWish {
  readonly by: string;
  readonly why: string;
  readonly from?: string;
  readonly isDryRun: boolean;
  /** JSON Patch as text; it has been read once. */
  readonly patch?: string;
  /** Of the file that the wish is about; undefined is whatever it is now. */
  readonly etag?: string;
}

/** A replay that is ready to be sent. */
interface Ready {
  readonly target: ReplayTarget;
  readonly content: ReplayContent;
}

/**
 * Replays a letter: what is decided is kept with the letter, then sent, then settled. An intent that
 * stands already is gone on with, under its id, so that consumers know a second copy by it. What the
 * consumer would refuse for good is not sent. A dry run ends before the first change.
 * Errors: `storage.unavailable`, `dead-letter.contended` (transient) of the desk; a sender that does
 * not answer is an outcome.
 */
export async function replayLetter(
  ports: ReplayPorts,
  file: LetterFile,
  wish: ReplayWish,
): Promise<ReplayOutcome> {
  const { id } = file.record;
  const closed = closedRefusal(file, wish);
  if (closed !== undefined) return refusalOutcome(id, closed, wish.isDryRun);
  if (file.staged !== undefined) return await resume(ports, { file, intent: file.staged }, wish);
  const ready = await prepare(ports, file, wish.patch);
  if (!ready.ok) return refusalOutcome(id, ready.problem, wish.isDryRun);
  const prediction = await ports.probe.predict(ready.value.content);
  if (wish.isDryRun) return predictedOutcome(id, prediction, ready.value.target);
  const refusal = predictedRefusal(prediction);
  if (refusal !== undefined) return refusalOutcome(id, refusal, false);
  return await stageAndSend(ports, { file, ready: ready.value }, wish);
}

/** Who answers for a replay, for whatever is done in its course. */
export function responsibleFor({ by, why, from }: Pick<ReplayWish, 'by' | 'why' | 'from'>) {
  return { by, why, ...(from !== undefined && { from }) };
}

async function stageAndSend(
  ports: ReplayPorts,
  { file, ready }: { readonly file: LetterFile; readonly ready: Ready },
  wish: ReplayWish,
): Promise<ReplayOutcome> {
  const { id } = file.record;
  const { patch, etag } = wish;
  const staging = { target: ready.target, patch, ...responsibleFor(wish) };
  const staged = await ports.book.stage(id, { ...staging, ...(etag !== undefined && { etag }) });
  if (staged.kind !== 'staged') return refusalOutcome(id, stagingRefusal(staged), false);
  const { intent } = staged;
  // Somebody else may have staged an edit meanwhile.
  return intent.patch === patch
    ? await send(ports, { id, intent }, ready)
    : await resume(ports, { file, intent }, wish);
}

/** Goes on with what stands: it was judged before it was kept. */
async function resume(
  ports: ReplayPorts,
  { file, intent }: { readonly file: LetterFile; readonly intent: ReplayIntent },
  wish: ReplayWish,
): Promise<ReplayOutcome> {
  const { id } = file.record;
  const refuse = (refusal: Refusal): ReplayOutcome => refusalOutcome(id, refusal, wish.isDryRun);
  if (wish.patch !== undefined && wish.patch !== intent.patch) return refuse(underWay);
  const ready = await prepare(ports, file, intent.patch);
  if (!ready.ok) {
    // What was kept can be made again from what is kept, unless the payload is gone.
    return refuse(ready.problem);
  }
  const { content } = ready.value;
  if (wish.isDryRun) {
    return predictedOutcome(id, await ports.probe.predict(content), intent.target);
  }
  return await send(ports, { id, intent }, { target: intent.target, content });
}

async function send(
  ports: ReplayPorts,
  { id, intent }: { readonly id: string; readonly intent: ReplayIntent },
  { target, content }: Ready,
): Promise<ReplayOutcome> {
  const { log, sender, book, desk } = ports;
  try {
    await sender.send(target, intent.id, content);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message } = error;
    log.warn('A replay was not sent', { id, replayId: intent.id, target: target.entity, code });
    if (error.kind === 'transient') {
      return { id, outcome: 'failed', code, detail: message, replayId: intent.id };
    }
    await book.withdraw(id, intent.id);
    return { id, outcome: 'skipped', code: 'replay.refused', detail: message };
  }
  const { by, why, patch } = intent;
  const responsible = responsibleFor(intent);
  const replay = { id: intent.id, target: target.entity, ...(patch !== undefined && { patch }) };
  const settled = await desk.settle(id, { action: 'replay', ...responsible, replay });
  // Whoever settled it before has sent the same intent: there is one at a time.
  const isDone = settled.kind === 'settled' || settled.kind === 'refused';
  const audit = { id, by, why, replayId: intent.id, target: target.entity };
  log.info('Audit: a dead letter was replayed', { ...audit, settled: settled.kind });
  return isDone
    ? sentOutcome(id, intent.id, target)
    : { id, outcome: 'failed', code: 'dead-letter.contended', replayId: intent.id };
}

async function prepare(
  { ways, payloads }: ReplayPorts,
  { record }: LetterFile,
  patchText: string | undefined,
): Promise<Result<Ready, Refusal>> {
  const consumer = consumerOf(record, ways);
  const target = findTarget(consumer, ways);
  if (target === undefined) return fail(noWay(consumer));
  const patch = patchText === undefined ? undefined : readPatch(patchText);
  if (patch?.ok === false) return fail({ code: 'replay.patch_failed', detail: patch.problem });
  const body = await readBody(payloads, record.payload);
  if (body === undefined) return fail(payloadLost);
  const content = replayContent(record, consumer, { body, patch: patch?.value });
  return content.ok ? succeed({ target, content: content.value }) : content;
}

async function readBody(
  payloads: Pick<PayloadStore, 'get'>,
  { encoding, content }: DeadLetterPayload,
): Promise<Uint8Array | undefined> {
  if (encoding !== 'blob') return Buffer.from(content, encoding);
  try {
    return await payloads.get(content);
  } catch (error) {
    // Gone for good, or none of ours.
    if (error instanceof AppError && error.kind === 'permanent') return undefined;
    throw error;
  }
}

function closedRefusal(
  { resolution, payloadPurgedAt, etag }: LetterFile,
  wish: ReplayWish,
): Refusal | undefined {
  const { state } = resolution;
  if (payloadPurgedAt !== undefined) return purged;
  const detail = `It is ${state}: only what is open can be replayed.`;
  if (state !== 'open') return { code: 'replay.state', detail };
  return wish.etag === undefined || wish.etag === etag ? undefined : changed;
}

function stagingRefusal(outcome: Exclude<StagingOutcome, { kind: 'staged' }>): Refusal {
  switch (outcome.kind) {
    case 'under-way':
      return underWay;
    case 'changed':
      return changed;
    case 'missing':
      return { code: 'replay.missing', detail: 'There is no such letter any more.' };
    case 'refused':
      return outcome.isPurged
        ? purged
        : { code: 'replay.state', detail: `It is ${outcome.state} by now.` };
  }
}

function predictedOutcome(id: string, prediction: Prediction, target: ReplayTarget): ReplayOutcome {
  const refusal = predictedRefusal(prediction);
  if (refusal !== undefined) return refusalOutcome(id, refusal, true);
  const outcome = prediction.kind === 'would-pass' ? 'would-pass' : 'would-be-duplicate';
  return { id, outcome, target: target.entity };
}

function noWay(consumer: string): Refusal {
  return {
    code: 'replay.no_way',
    detail:
      `Nothing can be sent to ${JSON.stringify(consumer.slice(0, 200))} alone. Repair it at its source, ` +
      'or name a queue that this consumer reads in dead_letter_replay_targets.',
  };
}

const purged: Refusal = {
  code: 'replay.purged',
  detail: 'Its payload is purged: have the producer send the event again.',
};

const payloadLost: Refusal = {
  code: 'replay.payload_lost',
  detail: 'The blob of its payload is gone: have the producer send the event again.',
};

const changed: Refusal = {
  code: 'replay.changed',
  detail: 'It has changed since it was read: read it again, and decide again.',
};

const underWay: Refusal = {
  code: 'replay.under_way',
  detail:
    'A replay with another edit is under way and may have been sent. Replay without a patch to go on with it.',
};
