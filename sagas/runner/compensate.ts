import type { Reply } from '../../domain/messages.ts';
import type { EpochMs } from '../../shared/kernel/time.ts';
import type { SagaDefinition, StepDefinition } from '../definition.ts';
import { record, recordPending } from './journal.ts';
import type { PendingCommand, SagaState } from './machine-state.ts';
import { commandOf, patienceOf, stepNamed, unansweredAt } from './saga-commands.ts';
import type { Advance, SagaOutcome, SagaReason, StuckCompensation } from './saga-state.ts';

/** Decides that the saga failed, and begins to undo what is registered, the newest first. */
export function compensate(
  definition: SagaDefinition,
  state: SagaState,
  { reason, now }: { readonly reason: SagaReason; readonly now: EpochMs },
): Advance<SagaState> {
  return undoNext(definition, { ...state, phase: 'compensating', reason }, now);
}

/** The participant answered the compensation that the saga waits for. */
export function onUndoReply(
  definition: SagaDefinition,
  state: SagaState,
  { pending, reply, now }: UndoReply,
): Advance<SagaState> {
  const { outcome } = reply;
  if (outcome.kind === 'done') {
    const undone = recordPending(state, 'undo-done', { at: now });
    return undoNext(definition, settle(undone, pending.step), now);
  }
  const { code, detail } = outcome;
  const refused = {
    ...recordPending(state, 'reply-refused', { at: now, code }),
    pending: {
      ...pending,
      refusals: [...(pending.refusals ?? []), { replyId: reply.id, code, detail }],
    },
  };
  // A refusal to undo may be transient: the next attempt waits until the time of this one is up.
  return isLastAttempt(definition, state, pending)
    ? giveUp(definition, refused, { pending: refused.pending, now })
    : { state: refused, commands: [] };
}

interface UndoReply {
  readonly pending: PendingCommand;
  readonly reply: Reply;
  readonly now: EpochMs;
}

/** The compensation has waited as long as its attempt allows. */
export function onUndoTime(
  definition: SagaDefinition,
  state: SagaState,
  { pending, now }: Omit<UndoReply, 'reply'>,
): Advance<SagaState> {
  if (isLastAttempt(definition, state, pending)) return giveUp(definition, state, { pending, now });
  const step = stepNamed(definition, pending.step);
  return send(step, state, { attempt: pending.attempt + 1, now });
}

/** Ends the saga. */
export function end(state: SagaState, outcome: SagaOutcome, now: EpochMs): Advance<SagaState> {
  const ended = record(state, { at: now, what: 'ended', code: outcome });
  return {
    state: {
      ...ended,
      phase: outcome,
      pending: undefined,
      wakeAt: undefined,
      stuck: outcome === 'needs-human' ? state.unresolved : [],
    },
    commands: [],
  };
}

function undoNext(definition: SagaDefinition, state: SagaState, now: EpochMs): Advance<SagaState> {
  const name = state.registered.at(-1);
  if (name === undefined)
    return end(state, state.unresolved.length === 0 ? 'compensated' : 'needs-human', now);
  const step = stepNamed(definition, name);
  const obstacle = state.unresolved.find(({ step: stuck }) =>
    step.compensation?.dependsOn.includes(stuck),
  );
  return obstacle === undefined
    ? send(step, state, { attempt: 1, now })
    : hold(definition, state, { step, obstacle, now });
}

/** Leaves a compensation to a person, because it must not run before one that failed. */
function hold(
  definition: SagaDefinition,
  state: SagaState,
  { step, obstacle, now }: Obstacle,
): Advance<SagaState> {
  const stuck: StuckCompensation = {
    step: step.name,
    status: 'held',
    command: commandOf(step, state, { kind: 'undo', attempt: 1 }),
    code: 'compensation.held',
    detail: `must not run before ${obstacle.step} is undone`,
  };
  const held = record(state, {
    at: now,
    what: 'undo-held',
    step: step.name,
    code: obstacle.step,
  });
  return undoNext(definition, leave(held, stuck), now);
}

interface Obstacle {
  readonly step: StepDefinition;
  readonly obstacle: StuckCompensation;
  readonly now: EpochMs;
}

/** Leaves a compensation to a person, because all attempts are used up. */
function giveUp(
  definition: SagaDefinition,
  state: SagaState,
  { pending, now }: Omit<UndoReply, 'reply'>,
): Advance<SagaState> {
  const step = stepNamed(definition, pending.step);
  const refusal = pending.refusals?.at(-1);
  const code = refusal?.code ?? 'compensation.timeout';
  const detail = refusal?.detail ?? 'no attempt was answered, the outcome is unknown';
  const command = commandOf(step, state, pending);
  const failed = recordPending(state, 'undo-failed', { at: now, code });
  const stuck = { step: step.name, status: 'failed', command, code, detail } as const;
  return undoNext(definition, leave(failed, stuck), now);
}

function leave(state: SagaState, stuck: StuckCompensation): SagaState {
  return { ...settle(state, stuck.step), unresolved: [...state.unresolved, stuck] };
}

function settle(state: SagaState, step: string): SagaState {
  return { ...state, registered: state.registered.filter((name) => name !== step) };
}

function isLastAttempt(
  definition: SagaDefinition,
  state: SagaState,
  { step, attempt }: PendingCommand,
): boolean {
  return attempt >= patienceOf(stepNamed(definition, step), state, 'undo').attempts;
}

function send(
  step: StepDefinition,
  state: SagaState,
  { attempt, now }: { readonly attempt: number; readonly now: EpochMs },
): Advance<SagaState> {
  const refusals = attempt === 1 ? undefined : state.pending?.refusals;
  const pending: PendingCommand = {
    kind: 'undo',
    step: step.name,
    attempt,
    ...(refusals === undefined ? {} : { refusals }),
  };
  const wakeAt = unansweredAt(patienceOf(step, state, 'undo'), attempt, now);
  const sent = recordPending({ ...state, pending, wakeAt }, 'undo-sent', { at: now });
  return { state: sent, commands: [commandOf(step, sent, pending)] };
}
