import type { Reply } from '../../domain/messages.ts';
import { epochMs, isBefore, type EpochMs } from '../../shared/kernel/time.ts';
import type { SagaDefinition, StepDefinition } from '../definition.ts';
import { compensate, end } from './compensate.ts';
import { record, recordPending } from './journal.ts';
import type { PendingCommand, SagaState } from './machine-state.ts';
import { commandOf, patienceOf, stepNamed, unansweredAt } from './saga-commands.ts';
import type { Advance } from './saga-state.ts';

/** Takes a step: what would undo it is registered before its command exists. */
export function takeStep(step: StepDefinition, state: SagaState, now: EpochMs): Advance<SagaState> {
  const registered =
    step.compensation === undefined ? state.registered : [...state.registered, step.name];
  return send(step, { ...state, registered }, { attempt: 1, now });
}

/** The participant answered the step that the saga waits for. */
export function onStepReply(
  definition: SagaDefinition,
  state: SagaState,
  { pending, reply, now }: StepReply,
): Advance<SagaState> {
  const { outcome } = reply;
  const step = stepNamed(definition, pending.step);
  if (outcome.kind === 'refused') {
    const { code, detail } = outcome;
    const refused = recordPending(state, 'reply-refused', { at: now, code });
    // A refused command took no effect and never will: there is nothing to undo.
    const registered = state.registered.filter((name) => name !== step.name);
    return compensate(definition, { ...refused, registered }, { reason: { code, detail }, now });
  }
  const facts = step.evolve?.(state.facts, outcome.data) ?? state.facts;
  const done = recordPending({ ...state, facts }, 'reply-done', { at: now });
  const next = definition.steps[definition.steps.indexOf(step) + 1];
  if (next === undefined) return end(done, 'completed', now);
  if (isDeadlinePassed(done, now)) return timeOutSaga(definition, done, now);
  return takeStep(next, done, now);
}

interface StepReply {
  readonly pending: PendingCommand;
  readonly reply: Reply;
  readonly now: EpochMs;
}

/** The saga or its step has waited as long as it wanted to. */
export function onStepTime(
  definition: SagaDefinition,
  state: SagaState,
  { pending, now }: Omit<StepReply, 'reply'>,
): Advance<SagaState> {
  if (isDeadlinePassed(state, now)) return timeOutSaga(definition, state, now);
  const step = stepNamed(definition, pending.step);
  const timedOut = recordPending(state, 'step-timed-out', { at: now });
  if (pending.attempt < patienceOf(step, state, 'do').attempts)
    return send(step, timedOut, { attempt: pending.attempt + 1, now });
  const detail = `${step.name} was not answered, its outcome is unknown`;
  return compensate(definition, timedOut, { reason: { code: 'step.timeout', detail }, now });
}

function isDeadlinePassed(state: SagaState, now: EpochMs): boolean {
  return !isBefore(now, state.start.deadline);
}

function timeOutSaga(
  definition: SagaDefinition,
  state: SagaState,
  now: EpochMs,
): Advance<SagaState> {
  const late = record(state, { at: now, what: 'saga-timed-out' });
  const detail = `the saga did not end in time; it was at ${state.pending?.step ?? 'its start'}`;
  return compensate(definition, late, { reason: { code: 'saga.timeout', detail }, now });
}

function send(
  step: StepDefinition,
  state: SagaState,
  { attempt, now }: { readonly attempt: number; readonly now: EpochMs },
): Advance<SagaState> {
  const pending = { kind: 'do', step: step.name, attempt } as const;
  const unanswered = unansweredAt(patienceOf(step, state, 'do'), attempt, now);
  const wakeAt = epochMs(Math.min(unanswered, state.start.deadline));
  const sent = recordPending({ ...state, pending, wakeAt }, 'command-sent', { at: now });
  return { state: sent, commands: [commandOf(step, sent, pending)] };
}
