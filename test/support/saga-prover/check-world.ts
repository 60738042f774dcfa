import type { CompensationDefinition, SagaDefinition } from '../../../sagas/definition.ts';
import type { StuckCompensation } from '../../../sagas/runner/saga-state.ts';
import { firstProblem } from './first-problem.ts';
import { standing, type Setting, type World } from './world.ts';

/** What is wrong with the world as it is: the promises that hold at every instant. */
export function checkWorld(setting: Setting, world: World): string | undefined {
  const { saga } = world;
  const problem = saga.wakeAt === undefined ? checkEnd(setting, world) : checkUnderWay(world);
  return problem ?? checkLeft(setting, world);
}

/** Nothing else will happen: no message is on its way and nobody waits. */
export function checkRest(world: World): string | undefined {
  return world.saga.wakeAt === undefined ? undefined : 'the saga never ends';
}

function checkUnderWay({ saga, wasCancelled }: World): string | undefined {
  const { phase, wakeAt = 0, start, stuck } = saga;
  const isRunning = phase === 'running';
  return firstProblem([
    [`${phase} but it wants to wake`, !isRunning && phase !== 'compensating'],
    ['it sleeps past its deadline', isRunning && wakeAt > start.deadline],
    ['the cancel was lost', isRunning && wasCancelled],
    ['something is stuck before the end', stuck.length > 0],
  ]);
}

/** What is left to a person is left for a reason, with the command to repeat. */
function checkLeft(setting: Setting, world: World): string | undefined {
  for (const left of world.saga.unresolved) {
    const problem = checkStuck(setting, world, left);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkStuck(
  { scenario, definition }: Setting,
  { saga, sent }: World,
  { step, status, command }: StuckCompensation,
): string | undefined {
  const undo = compensationOf(definition, step);
  const id = `${saga.start.sagaId}/${step}/undo`;
  const { [id]: count = 0 } = sent;
  const isHeld = status === 'held';
  const isRepeatable = command.id === id && command.name === undo.name;
  const hasObstacle = saga.unresolved.some((other) => undo.dependsOn.includes(other.step));
  const { attempts } = undo.patience ?? scenario.compensationPatience;
  return firstProblem([
    [`${step} is stuck with a wrong command`, !isRepeatable],
    [`${step} is held but its compensation was sent`, isHeld && count > 0],
    [`${step} is held by nothing`, isHeld && !hasObstacle],
    [`${step} failed after ${count} attempts`, !isHeld && count !== attempts],
    [`${step} was tried before what it depends on`, !isHeld && hasObstacle],
  ]);
}

function compensationOf(definition: SagaDefinition, step: string): CompensationDefinition {
  const undo = definition.steps.find(({ name }) => name === step)?.compensation;
  if (undo === undefined) throw new Error(`${step} is stuck but cannot be undone`);
  return undo;
}

function checkEnd(setting: Setting, world: World): string | undefined {
  const { saga } = world;
  const stands = standing(world);
  const stuck = new Set(saga.stuck.map(({ step }) => step));
  const rule = setting.scenario.rules.find(({ holds }) => !holds(stands, stuck));
  return checkOutcome(setting, world, stands) ?? rule?.name;
}

function checkOutcome(
  { definition }: Setting,
  { saga, wasCancelled, run }: World,
  stands: ReadonlySet<string>,
): string | undefined {
  const { phase, stuck, unresolved } = saga;
  const left = definition.steps
    .filter(({ name, compensation }) => compensation !== undefined && stands.has(name))
    .find(({ name }) => !stuck.some(({ step }) => step === name))?.name;
  if (phase === 'completed') {
    return firstProblem([
      ['completed although it was cancelled', wasCancelled],
      ['a return completes', run === 'return'],
      ['completed without all steps', definition.steps.some(({ name }) => !stands.has(name))],
    ]);
  }
  const isCompensated = phase === 'compensated';
  return firstProblem([
    [`ended as ${phase}`, !isCompensated && phase !== 'needs-human'],
    ['compensated, but something is stuck', isCompensated && unresolved.length > 0],
    ['needs a person for nothing', !isCompensated && stuck.length === 0],
    ['what is stuck is not what is shown', stuck.length !== unresolved.length],
    [`${left ?? ''} stands, and nobody is told`, left !== undefined],
  ]);
}
