import type { ParticipantName } from '../../domain/messages.ts';
import { assertNever } from '../../shared/kernel/assert-never.ts';
import type { CompensationDefinition, SagaDefinition, StepDefinition } from '../definition.ts';
import type { SagaOutcome } from '../runner/saga-state.ts';
import {
  compensatedCode,
  isStepEvent,
  type StepEvent,
  type ThreadEvent,
  type UndoRecord,
} from './choreography-event.ts';

/** What an event calls for, and from whom. */
export type Reaction =
  | { readonly kind: 'do'; readonly step: StepDefinition; readonly attempt: number }
  | {
      readonly kind: 'undo';
      readonly step: StepDefinition;
      readonly compensation: CompensationDefinition;
      readonly attempt: number;
    }
  | { readonly kind: 'end'; readonly outcome: SagaOutcome }
  | { readonly kind: 'none' };

const none: Reaction = { kind: 'none' };

/**
 * The choreography of a definition: what follows from an event. Steps go up one after the other,
 * compensations go down from the step before the one that was refused, or from the last step when
 * the saga is cancelled: then participants that have not seen their command yet refuse it later.
 */
export function reactionTo(definition: SagaDefinition, event: ThreadEvent): Reaction {
  if (isStepEvent(event)) return afterAnswer(definition, event);
  switch (event.kind) {
    case 'started':
      return { kind: 'do', step: definition.steps[0], attempt: 1 };
    case 'cancelled':
      return undoBelow(definition, undefined, event.thread.undos);
    case 'undo-failed':
      return undoBelow(definition, event.step, event.thread.undos);
    case 'step-awaited':
    case 'undo-awaited':
      return again(definition, event);
    case 'ended':
      return none;
    default:
      return assertNever(event);
  }
}

/** Who reacts; undefined when nobody has to. */
export function reactorOf(reaction: Reaction): ParticipantName | undefined {
  return reaction.kind === 'do' || reaction.kind === 'undo' ? reaction.step.participant : undefined;
}

/** The compensations that go on from here. */
export interface Descent {
  /** With what is held because of a compensation that failed. */
  readonly undos: readonly UndoRecord[];
  /** The step to undo next; undefined at the end of the chain. */
  readonly next: CompensableStep | undefined;
}

type CompensableStep = StepDefinition & { readonly compensation: CompensationDefinition };

/**
 * Goes down from a step (without one: from above the last) to the next that can be undone. Steps
 * without a compensation are passed by; one that depends on a failed or held one is held itself.
 */
export function descend(
  definition: SagaDefinition,
  from: string | undefined,
  undos: readonly UndoRecord[],
): Descent {
  const top = from === undefined ? definition.steps.length : indexOfStep(definition, from);
  const records = [...undos];
  for (const step of definition.steps.slice(0, top).reverse()) {
    if (!isCompensable(step) || records.some((record) => record.step === step.name)) continue;
    const blocker = blockerOf(step.compensation, records);
    if (blocker === undefined) return { undos: records, next: step };
    records.push(held(step.name, blocker));
  }
  return { undos: records, next: undefined };
}

/** How a saga ends whose chain of compensations is at its end. */
export function outcomeOf(undos: readonly UndoRecord[]): SagaOutcome {
  return undos.every(({ status }) => status === 'undone') ? 'compensated' : 'needs-human';
}

/** The place of a step in the saga; -1 for a step that it does not have. */
export function indexOfStep(definition: SagaDefinition, name: string): number {
  return definition.steps.findIndex((step) => step.name === name);
}

function afterAnswer(definition: SagaDefinition, event: StepEvent): Reaction {
  switch (event.kind) {
    case 'done':
      return afterDone(definition, event.step);
    case 'refused':
      if (event.code === compensatedCode) return none;
      return undoBelow(definition, event.step, event.thread.undos);
    case 'undone':
      return undoBelow(definition, event.step, event.thread.undos);
    case 'undo-refused':
      return none;
    default:
      return assertNever(event);
  }
}

function afterDone(definition: SagaDefinition, name: string): Reaction {
  const index = indexOfStep(definition, name);
  const next = definition.steps[index + 1];
  if (index < 0) return none;
  return next === undefined
    ? { kind: 'end', outcome: 'completed' }
    : { kind: 'do', step: next, attempt: 1 };
}

function undoBelow(
  definition: SagaDefinition,
  from: string | undefined,
  passed: readonly UndoRecord[],
): Reaction {
  if (from !== undefined && indexOfStep(definition, from) < 0) return none;
  const { next, undos } = descend(definition, from, passed);
  return next === undefined
    ? { kind: 'end', outcome: outcomeOf(undos) }
    : { kind: 'undo', step: next, compensation: next.compensation, attempt: 1 };
}

function again(
  definition: SagaDefinition,
  event: ThreadEvent & { readonly kind: 'step-awaited' | 'undo-awaited' },
): Reaction {
  const { attempt, kind } = event;
  const step = definition.steps[indexOfStep(definition, event.step)];
  if (step === undefined) return none;
  if (kind === 'step-awaited') return { kind: 'do', step, attempt };
  const { compensation } = step;
  return compensation === undefined ? none : { kind: 'undo', step, compensation, attempt };
}

function isCompensable(step: StepDefinition): step is CompensableStep {
  return step.compensation !== undefined;
}

/** Records are in the order of the chain, so one that is held holds its dependants in turn. */
function blockerOf(
  { dependsOn }: CompensationDefinition,
  records: readonly UndoRecord[],
): string | undefined {
  return records.find(({ step, status }) => status !== 'undone' && dependsOn.includes(step))?.step;
}

function held(step: string, blocker: string): UndoRecord {
  const detail = `must not run before ${blocker} is undone`;
  return { step, status: 'held', code: 'compensation.held', detail };
}
