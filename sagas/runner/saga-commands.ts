import { commandIdOf, undoIdOf, type Command } from '../../domain/messages.ts';
import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { addDuration, durationMs, type EpochMs } from '../../shared/kernel/time.ts';
import type { Patience, SagaDefinition, StepDefinition } from '../definition.ts';
import type { PendingCommand, SagaState } from './machine-state.ts';
import type { SagaStart } from './saga-state.ts';

/** The step of that name. Errors: throws when the definition has none, which is a bug. */
export function stepNamed(definition: SagaDefinition, name: string): StepDefinition {
  const step = definition.steps.find((candidate) => candidate.name === name);
  if (step === undefined) throw new Error(`Saga ${definition.name} has no step ${name}`);
  return step;
}

/** The id of the command that the saga waits for. */
export function pendingId(state: SagaState): string | undefined {
  const { pending, start } = state;
  if (pending === undefined) return undefined;
  const idOf = pending.kind === 'do' ? commandIdOf : undoIdOf;
  return idOf(start.sagaId, pending.step);
}

/** What commands are made of, whoever leads the saga. */
export interface CommandSource {
  readonly start: Pick<SagaStart, 'sagaId' | 'instanceId' | 'traceparent' | 'deadline'>;
  readonly facts: JsonObject;
}

/** The command that takes or undoes a step. */
export function commandOf(
  step: StepDefinition,
  state: CommandSource,
  { kind, attempt }: Pick<PendingCommand, 'kind' | 'attempt'>,
): Command {
  const { sagaId, instanceId, traceparent, deadline } = state.start;
  const id = commandIdOf(sagaId, step.name);
  const base = {
    participant: step.participant,
    sagaId,
    replyTo: instanceId,
    attempt,
    ...(traceparent === undefined ? {} : { traceparent }),
    data: step.command(state.facts),
  };
  if (kind === 'do') return { ...base, kind, id, name: step.name, notAfter: deadline };
  const name = step.compensation?.name ?? step.name;
  return { ...base, kind, id: undoIdOf(sagaId, step.name), name, undoes: id };
}

/** How patient the saga is with a command. */
export function patienceOf(
  step: StepDefinition,
  state: SagaState,
  kind: PendingCommand['kind'],
): Patience {
  return kind === 'do'
    ? (step.patience ?? state.start.stepPatience)
    : (step.compensation?.patience ?? state.start.compensationPatience);
}

/** When a command that is sent now has been without an answer for too long. */
export function unansweredAt(patience: Patience, attempt: number, now: EpochMs): EpochMs {
  return addDuration(now, durationMs(patience.timeout * patience.backoff ** (attempt - 1)));
}
