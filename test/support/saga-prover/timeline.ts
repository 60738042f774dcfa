import { make, movesIn } from './moves.ts';
import { begin } from './tell.ts';
import type { Setting, World } from './world.ts';

/** Tells what happened on a way through the worlds, given as the numbers of the moves. */
export function printTimeline(setting: Setting, way: readonly number[], problem?: string): string {
  let world = begin(setting);
  const lines = [
    `${setting.scenario.name}: ${setting.definition.steps.map(({ name }) => name).join(' -> ')}`,
    line(world, 'the saga begins', reactions(undefined, world)),
  ];
  for (const index of way) {
    const move = movesIn(setting, world)[index];
    if (move === undefined) break;
    const after = make(setting, world, move);
    lines.push(line(after, move.title, reactions(world, after)));
    world = after;
  }
  lines.push(`BROKEN: ${problem ?? world.problem ?? 'nothing'}`);
  return lines.join('\n');
}

function line(world: World, title: string, reaction: readonly string[]): string {
  const time = `+${world.now - world.saga.start.startedAt}`.padStart(7);
  return [`${time} ms  ${title}`, ...reaction.map((text) => `             ${text}`)].join('\n');
}

function reactions(before: World | undefined, after: World): readonly string[] {
  const commands = Object.keys(after.sent)
    .filter((id) => after.sent[id] !== before?.sent[id])
    .map((id) => `the saga sends ${id}`);
  const effects = Object.entries(after.traces).flatMap(([step, { did, undid }]) => {
    const former = before?.traces[step];
    return [
      ...(did > (former?.did ?? 0) ? [`${step} takes effect`] : []),
      ...(undid > (former?.undid ?? 0) ? [`${step} is undone`] : []),
    ];
  });
  const { phase, stuck } = after.saga;
  const left = stuck.map(({ step, status }) => `${step} ${status}`).join(', ');
  const phases =
    phase === before?.saga.phase ? [] : [`the saga is ${phase}${left === '' ? '' : `: ${left}`}`];
  return [...effects, ...commands, ...phases];
}
