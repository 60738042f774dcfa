import { commandIdOf, undoIdOf, type Command, type Reply } from '../../domain/messages.ts';
import { assertNever } from '../../shared/kernel/assert-never.ts';
import type { SagaDefinition } from '../definition.ts';
import { descend, type Reaction } from './reactions.ts';
import { eventIdOf, type StepEvent, type Thread, type UndoRecord } from './saga-event.ts';

/** A reaction that takes a command. */
export type Act = Extract<Reaction, { readonly kind: 'do' | 'undo' }>;

/** The command of a reaction: the same one, with the same id, that an orchestration would send. */
export function commandFor(thread: Thread, act: Act): Command {
  const { sagaId, traceparent } = thread;
  const { step, attempt } = act;
  const base = {
    ...{ participant: step.participant, sagaId, replyTo: '', attempt },
    ...(traceparent !== undefined && { traceparent }),
    data: step.command(thread.facts),
  };
  const id = commandIdOf(sagaId, step.name);
  switch (act.kind) {
    case 'do':
      return { ...base, kind: 'do', id, name: step.name, notAfter: thread.deadline };
    case 'undo': {
      const name = act.compensation.name;
      return { ...base, kind: 'undo', id: undoIdOf(sagaId, step.name), name, undoes: id };
    }
    default:
      return assertNever(act);
  }
}

/** The event that tells of a participant's reply, with all that the next one needs to know. */
export function eventFor(
  definition: SagaDefinition,
  { thread, act }: { readonly thread: Thread; readonly act: Act },
  { outcome }: Reply,
): StepEvent {
  return act.kind === 'do'
    ? stepEvent(thread, act, outcome)
    : undoEvent(definition, { thread, act }, outcome);
}

/** The event of a compensation that failed for good. */
export function undoFailed(
  definition: SagaDefinition,
  { thread, step, attempt }: { thread: Thread; step: string; attempt: number },
  { code, detail }: { readonly code: string; readonly detail: string },
): StepEvent {
  const record: UndoRecord = { step, status: 'failed', code, detail };
  return {
    ...{ kind: 'undo-failed', step, attempt, code, detail },
    ...tell(withUndo(definition, thread, record), 'undo-failed', step),
  };
}

/** What is known after a compensation has ended. */
export function withUndo(definition: SagaDefinition, thread: Thread, record: UndoRecord): Thread {
  const others = thread.undos.filter(({ step }) => step !== record.step);
  const { undos } = descend(definition, record.step, [...others, record]);
  return { ...thread, undos };
}

function stepEvent(thread: Thread, { step, attempt }: Act, outcome: Reply['outcome']): StepEvent {
  const { name } = step;
  if (outcome.kind === 'done') {
    const facts = step.evolve?.(thread.facts, outcome.data) ?? thread.facts;
    return { kind: 'done', step: name, attempt, ...tell({ ...thread, facts }, 'done', name) };
  }
  const { code, detail } = outcome;
  const reason = thread.reason ?? { code, detail };
  return {
    ...{ kind: 'refused', step: name, attempt, code, detail },
    ...tell({ ...thread, reason }, 'refused', name),
  };
}

function undoEvent(
  definition: SagaDefinition,
  { thread, act }: { readonly thread: Thread; readonly act: Act },
  outcome: Reply['outcome'],
): StepEvent {
  const { attempt } = act;
  const step = act.step.name;
  if (outcome.kind === 'refused') return undoFailed(definition, { thread, step, attempt }, outcome);
  const undone = withUndo(definition, thread, { step, status: 'undone' });
  return { kind: 'undone', step, attempt, ...tell(undone, 'undone', step) };
}

function tell(thread: Thread, kind: StepEvent['kind'], step: string) {
  const { sagaId } = thread;
  return { id: eventIdOf(sagaId, kind, step), sagaId, thread };
}
