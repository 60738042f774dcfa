import type { Command, Reply, ReplyOutcome } from '../../domain/messages.ts';
import type { SagaDefinition } from '../definition.ts';
import { commandOf } from '../runner/saga-commands.ts';
import { descend, type Reaction } from './reactions.ts';
import {
  compensatedCode,
  eventIdOf,
  type StepEvent,
  type Thread,
  type ThreadEvent,
  type UndoRecord,
} from './choreography-event.ts';

/** A reaction that takes a command. */
type Act = Extract<Reaction, { readonly kind: 'do' | 'undo' }>;

/** A reaction, and what it is based on. */
export interface Task {
  readonly definition: SagaDefinition;
  readonly thread: Thread;
  readonly act: Act;
}

/** The same command, with the same id, that an orchestration would send. */
export function commandFor({ thread, act }: Omit<Task, 'definition'>): Command {
  // Nobody waits for the reply itself, only for the event that tells of it.
  const start = { ...thread, instanceId: '' };
  return commandOf(act.step, { start, facts: thread.facts }, act);
}

/** The event that tells of a participant's reply, with all that the next one needs to know. */
export function eventFor(task: Task, { outcome }: Reply): StepEvent {
  return task.act.kind === 'do' ? stepEvent(task, outcome) : undoEvent(task, outcome);
}

/** The event of a compensation that nobody tries any more. */
export function undoFailed(
  definition: SagaDefinition,
  thread: Thread,
  record: UndoRecord,
): ThreadEvent {
  const { step } = record;
  return {
    kind: 'undo-failed',
    step,
    ...tell(withUndo(definition, thread, record), 'undo-failed', step),
  };
}

/** What is known after a compensation has ended, those that it holds included. */
export function withUndo(definition: SagaDefinition, thread: Thread, record: UndoRecord): Thread {
  const others = thread.undos.filter(({ step }) => step !== record.step);
  const { undos } = descend(definition, record.step, [...others, record]);
  return { ...thread, undos };
}

function stepEvent({ thread, act }: Task, outcome: ReplyOutcome): StepEvent {
  const { attempt } = act;
  const step = act.step.name;
  if (outcome.kind === 'done') {
    const facts = act.step.evolve?.(thread.facts, outcome.data) ?? thread.facts;
    return { kind: 'done', step, attempt, ...tell({ ...thread, facts }, 'done', step) };
  }
  const { code, detail } = outcome;
  const reason = thread.reason ?? { code, detail };
  const told = tell({ ...thread, reason }, 'refused', step);
  // A tombstone answers otherwise than the command itself did: both may be under way.
  const id = code === compensatedCode ? `${told.id}/late` : told.id;
  return { kind: 'refused', step, attempt, code, detail, ...told, id };
}

function undoEvent({ definition, thread, act }: Task, outcome: ReplyOutcome): StepEvent {
  const { attempt } = act;
  const step = act.step.name;
  if (outcome.kind === 'done') {
    const told = withUndo(definition, thread, { step, status: 'undone' });
    return { kind: 'undone', step, attempt, ...tell(told, 'undone', step) };
  }
  const { code, detail } = outcome;
  const told = tell(thread, 'undo-refused', step);
  // Each attempt may be refused, and one of them not.
  return {
    kind: 'undo-refused',
    step,
    attempt,
    code,
    detail,
    ...told,
    id: `${told.id}/${attempt}`,
  };
}

function tell(thread: Thread, kind: StepEvent['kind'] | 'undo-failed', step: string) {
  const { sagaId } = thread;
  return { id: eventIdOf(sagaId, kind, step), sagaId, thread };
}
