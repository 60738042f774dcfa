import type { SagaState } from '../../../sagas/runner/machine-state.ts';
import { checkRest } from './check-world.ts';
import { make, movesIn } from './moves.ts';
import type { Scenario } from './scenario.ts';
import type { Subject } from './subject.ts';
import { begin } from './tell.ts';
import { printTimeline } from './timeline.ts';
import { settingOf, type Setting, type World } from './world.ts';

export interface Walk {
  readonly world: World;
  /** Tells the whole way when a promise was broken. */
  readonly counterexample: string | undefined;
}

/**
 * One way through the worlds of a scenario: the choices say which of the possible moves comes next,
 * and after the last choice nothing goes wrong any more. The saga's state is put through JSON after
 * each move, as a runner may store it.
 */
export function walk(subject: Subject, scenario: Scenario, choices: readonly number[]): Walk {
  const setting = settingOf(subject, scenario);
  const way: number[] = [];
  let world = begin(setting);
  for (;;) {
    const index = choose(setting, world, choices[way.length]);
    const move = index === undefined ? undefined : movesIn(setting, world)[index];
    if (index === undefined || move === undefined) break;
    way.push(index);
    world = stored(make(setting, world, move));
    if (world.problem !== undefined) break;
  }
  const problem = world.problem ?? checkRest(world);
  const counterexample = problem === undefined ? undefined : printTimeline(setting, way, problem);
  return { world, counterexample };
}

function choose(setting: Setting, world: World, choice: number | undefined): number | undefined {
  const moves = movesIn(setting, world);
  if (moves.length === 0) return undefined;
  if (choice !== undefined) return choice % moves.length;
  const index = moves.findIndex(({ fault }) => fault === undefined);
  return index === -1 ? undefined : index;
}

function stored(world: World): World {
  return { ...world, saga: JSON.parse(JSON.stringify(world.saga)) as SagaState };
}
