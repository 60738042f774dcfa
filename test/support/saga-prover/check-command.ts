import type { Command } from '../../../domain/messages.ts';
import type { StepDefinition } from '../../../sagas/definition.ts';
import { firstProblem } from './first-problem.ts';
import { traceparent, type Setting, type World } from './world.ts';

interface Sent {
  readonly command: Command;
  readonly step: StepDefinition;
}

/** What is wrong with a command that the machine emits. */
export function checkCommand(setting: Setting, world: World, command: Command): string | undefined {
  const step = setting.definition.steps.find(({ name, compensation }) =>
    command.kind === 'do' ? command.name === name : command.name === compensation?.name,
  );
  if (step === undefined) return `${command.name} is no command of the saga`;
  const sent = { command, step };
  const checkKind = command.kind === 'do' ? wrongStep : wrongUndo;
  return (
    wrongForm(world, sent) ?? wrongPatience(setting, world, sent) ?? checkKind(setting, world, step)
  );
}

function wrongForm({ saga, facts }: World, { command, step }: Sent): string | undefined {
  const { start } = saga;
  const id = `${start.sagaId}/${step.name}`;
  const expected = {
    id: command.kind === 'do' ? id : `${id}/undo`,
    participant: step.participant,
    sagaId: start.sagaId,
    replyTo: start.instanceId,
    traceparent,
    data: step.command(facts),
    ...(command.kind === 'do' ? { notAfter: start.deadline } : { undoes: id }),
  };
  const wrong = Object.entries(expected).find(
    ([key, value]) => JSON.stringify(command[key as keyof Command]) !== JSON.stringify(value),
  );
  return wrong && `${command.name} has a wrong ${wrong[0]}`;
}

function wrongPatience(
  { scenario }: Setting,
  { saga, sent, now }: World,
  { command, step }: Sent,
): string | undefined {
  const { attempt, name, kind } = command;
  const own = kind === 'do' ? step.patience : step.compensation?.patience;
  const usual = kind === 'do' ? scenario.stepPatience : scenario.compensationPatience;
  const { attempts, timeout, backoff } = own ?? usual;
  const unanswered = now + timeout * backoff ** (attempt - 1);
  const latest = kind === 'do' ? saga.start.deadline : Infinity;
  return firstProblem([
    [`${name} is miscounted`, attempt !== (sent[command.id] ?? 0) + 1],
    [`${name} is sent too often`, attempt > attempts],
    [`wakeAt is wrong after sending ${name}`, saga.wakeAt !== Math.min(unanswered, latest)],
  ]);
}

function wrongStep(
  { definition }: Setting,
  { saga, now, sent }: World,
  { name }: StepDefinition,
): string | undefined {
  const index = definition.steps.findIndex((step) => step.name === name);
  const isSkipped = (step: StepDefinition) =>
    sent[`${saga.start.sagaId}/${step.name}`] === undefined;
  return firstProblem([
    [`${name} is sent while ${saga.phase}`, saga.phase !== 'running'],
    [`${name} is sent after the deadline`, now >= saga.start.deadline],
    [`a step before ${name} was skipped`, definition.steps.slice(0, index).some(isSkipped)],
  ]);
}

function wrongUndo(
  { definition }: Setting,
  { saga, undoneDownTo, refused, run }: World,
  step: StepDefinition,
): string | undefined {
  const { name } = step;
  const isRefused = run === 'first' && refused.includes(name);
  const isLeft = saga.unresolved.some((stuck) => stuck.step === name);
  return firstProblem([
    [`${name} is undone while ${saga.phase}`, saga.phase !== 'compensating'],
    [`${name} is undone out of order`, definition.steps.indexOf(step) > undoneDownTo],
    [`${name} is undone although it was refused`, isRefused],
    [`${name} is undone although it is left to a person`, isLeft],
  ]);
}
