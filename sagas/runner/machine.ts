import { commandIdOf, undoIdOf, type Reply } from '../../domain/messages.ts';
import { assertNever } from '../../shared/kernel/assert-never.ts';
import { isBefore, type EpochMs } from '../../shared/kernel/time.ts';
import type { SagaDefinition } from '../definition.ts';
import { compensate, onUndoReply, onUndoTime } from './compensate.ts';
import { onStepReply, onStepTime, takeStep } from './forward.ts';
import { record } from './journal.ts';
import type { SagaState } from './machine-state.ts';
import { pendingId } from './saga-commands.ts';
import type { Advance, SagaInput, SagaReason, SagaStart } from './saga-state.ts';

/** Of cancels beyond this number, a copy is no longer told from a new one in the journal. */
const maxCancels = 16;

/** Starts a saga with its first step. Pure, as the whole machine is: the same calls, the same saga. */
export function beginSaga(definition: SagaDefinition, start: SagaStart): Advance<SagaState> {
  return takeStep(definition.steps[0], initialState(start), start.startedAt);
}

/**
 * Tells the saga what happened. An input that does not concern it, or no longer, has no effect but
 * a line in the journal. A saga has ended when `wakeAt` is undefined.
 */
export function advanceSaga(
  definition: SagaDefinition,
  state: SagaState,
  { input, now }: { readonly input: SagaInput; readonly now: EpochMs },
): Advance<SagaState> {
  switch (input.kind) {
    case 'reply':
      return onReply(definition, state, { reply: input.reply, now });
    case 'cancel':
      return onCancel(definition, state, { cancel: input, now });
    case 'time':
      return onTime(definition, state, now);
    default:
      return assertNever(input);
  }
}

/**
 * Compensates a saga that has completed: everything that can be undone is, the newest first.
 * `facts` are those of the completed saga's state.
 */
export function beginReturn(
  definition: SagaDefinition,
  { reason, ...start }: SagaStart & { readonly reason: SagaReason },
  now: EpochMs,
): Advance<SagaState> {
  const registered = definition.steps
    .filter(({ compensation }) => compensation !== undefined)
    .map(({ name }) => name);
  const cancelled = { at: now, what: 'cancelled', code: reason.code } as const;
  const state = record({ ...initialState(start), registered }, cancelled);
  return compensate(definition, state, { reason, now });
}

function initialState(start: SagaStart): SagaState {
  return {
    phase: 'running',
    wakeAt: undefined,
    reason: undefined,
    journal: [{ at: start.startedAt, what: 'started' }],
    stuck: [],
    start,
    facts: start.facts,
    pending: undefined,
    registered: [],
    unresolved: [],
    cancels: [],
  };
}

function onReply(
  definition: SagaDefinition,
  state: SagaState,
  { reply, now }: { readonly reply: Reply; readonly now: EpochMs },
): Advance<SagaState> {
  const { pending } = state;
  // An answer to any attempt counts: attempts share their id, as they share their effect.
  const isHeard = pending?.refusals?.some(({ replyId }) => replyId === reply.id) ?? false;
  if (pending === undefined || isHeard || reply.commandId !== pendingId(state))
    return stay(ignoreReply(definition, state, { reply, now }));
  const answered = { pending, reply, now };
  return pending.kind === 'do'
    ? onStepReply(definition, state, answered)
    : onUndoReply(definition, state, answered);
}

function onCancel(
  definition: SagaDefinition,
  state: SagaState,
  { cancel, now }: { readonly cancel: SagaInput & { kind: 'cancel' }; readonly now: EpochMs },
): Advance<SagaState> {
  if (state.cancels.includes(cancel.id)) return stay(state);
  const cancels = [...state.cancels, cancel.id].slice(0, maxCancels);
  const entry = { at: now, what: 'cancelled', code: cancel.reason.code } as const;
  const cancelled = record({ ...state, cancels }, entry);
  return state.phase === 'running'
    ? compensate(definition, cancelled, { reason: cancel.reason, now })
    : stay(cancelled);
}

function onTime(definition: SagaDefinition, state: SagaState, now: EpochMs): Advance<SagaState> {
  const { pending, wakeAt } = state;
  if (pending === undefined || wakeAt === undefined || isBefore(now, wakeAt)) return stay(state);
  return pending.kind === 'do'
    ? onStepTime(definition, state, { pending, now })
    : onUndoTime(definition, state, { pending, now });
}

/** A copy, or an answer that came too late: of no effect, but whoever reads the journal sees it. */
function ignoreReply(
  { steps }: SagaDefinition,
  state: SagaState,
  { reply, now }: { readonly reply: Reply; readonly now: EpochMs },
): SagaState {
  const { sagaId } = state.start;
  const { commandId, outcome } = reply;
  const does = steps.find(({ name }) => commandId === commandIdOf(sagaId, name));
  const undoes = steps.find(({ name }) => commandId === undoIdOf(sagaId, name));
  const step = (does ?? undoes)?.name;
  const kind = undoes === undefined ? '' : 'undo.';
  return record(state, {
    at: now,
    what: 'reply-ignored',
    ...(step === undefined ? { code: 'unknown' } : { step, code: `${kind}${outcome.kind}` }),
  });
}

function stay(state: SagaState): Advance<SagaState> {
  return { state, commands: [] };
}
