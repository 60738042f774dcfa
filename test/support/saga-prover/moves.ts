import type { Command, Reply } from '../../../domain/messages.ts';
import { act, forget, isAnswered, withProblem, type Manner } from './act.ts';
import { checkWorld } from './check-world.ts';
import type { Fault } from './scenario.ts';
import { cancel, tell } from './tell.ts';
import type { Setting, World } from './world.ts';

/** Something that can happen next. */
export interface Move {
  readonly title: string;
  /** Left out: it is part of an ordinary day. */
  readonly fault?: Fault;
  readonly happen: () => World;
}

/** Everything that can happen in a world, and that its budget of faults allows. */
export function movesIn(setting: Setting, world: World): readonly Move[] {
  const { kinds } = setting.scenario;
  return [
    ...distinct(world.commands, ({ id, kind, attempt }) =>
      kind === 'do' ? id : `${id}${attempt}`,
    ).flatMap((command) => commandMoves(setting, world, command)),
    ...distinct(world.replies, ({ id }) => id).flatMap((reply) =>
      replyMoves(setting, world, reply),
    ),
    ...timeMoves(setting, world),
    ...otherMoves(setting, world),
  ].filter(({ fault }) => fault === undefined || (world.faults > 0 && kinds.includes(fault)));
}

/** Makes a move, pays for its fault, and looks at the world afterwards. */
export function make(setting: Setting, world: World, { fault, happen }: Move): World {
  const happened = unlessItThrows(world, happen);
  const faults = fault === undefined ? happened.faults : happened.faults - 1;
  const paid = { ...happened, faults };
  return withProblem(paid, checkWorld(setting, paid));
}

function unlessItThrows(world: World, happen: () => World): World {
  try {
    return happen();
  } catch (error) {
    return withProblem(world, `it throws: ${String(error)}`);
  }
}

function commandMoves(setting: Setting, world: World, command: Command): readonly Move[] {
  const commands = without(world.commands, command);
  const title = `${command.participant} takes ${command.name} (attempt ${command.attempt})`;
  const mood = world.moods[command.id];
  const taken = (manner: Manner, change: Partial<World> = {}) =>
    act(setting, { ...world, commands, ...change }, { command, manner });
  if (mood !== undefined) {
    const manner = mood === 'refuse-always' ? 'refuse' : mood;
    return [{ title: `${title}, ${mood} as before`, happen: () => taken(manner) }];
  }
  const become = (kind: 'mute' | 'deaf' | 'refuse-always'): Move => ({
    title: `${title} and is ${kind} from now on`,
    fault: kind,
    happen: () =>
      taken(kind === 'refuse-always' ? 'refuse' : kind, {
        moods: { ...world.moods, [command.id]: kind },
      }),
  });
  const refusals: readonly Move[] = isAnswered(world, command)
    ? []
    : [
        { title: `${title} and refuses`, fault: 'refuse', happen: () => taken('refuse') },
        ...(command.kind === 'undo' ? [become('refuse-always')] : []),
      ];
  return [
    { title, happen: () => taken('answer') },
    {
      title: `${title} and answers twice`,
      fault: 'answer-twice',
      happen: () => taken('answer-twice'),
    },
    {
      title: `${title}, and the broker will deliver it again`,
      fault: 'duplicate',
      happen: () => taken('answer', { commands: world.commands }),
    },
    ...refusals,
    become('mute'),
    become('deaf'),
  ];
}

function replyMoves(setting: Setting, world: World, reply: Reply): readonly Move[] {
  const replies = without(world.replies, reply);
  const title = `the saga hears of ${reply.commandName}: ${reply.outcome.kind}`;
  return [
    {
      title,
      happen: () => tell(setting, { ...world, replies }, { kind: 'reply', reply }),
    },
    {
      title: `${title}, and will hear it again`,
      fault: 'duplicate',
      happen: () => tell(setting, world, { kind: 'reply', reply }),
    },
  ];
}

function timeMoves(setting: Setting, world: World): readonly Move[] {
  const { wakeAt, start } = world.saga;
  if (wakeAt === undefined) return [];
  const isBusy = world.commands.length + world.replies.length > 0;
  const wake = (now: number) => tell(setting, { ...world, now }, { kind: 'time' });
  const due = Math.max(world.now, wakeAt);
  return [
    {
      title: 'the timer fires',
      ...(isBusy && world.now < wakeAt ? { fault: 'delay' } : {}),
      happen: () => wake(due),
    },
    ...(world.now < wakeAt
      ? [
          {
            title: 'the timer fires early',
            fault: 'timer',
            happen: () => wake(wakeAt - 1),
          } as const,
        ]
      : []),
    ...(world.now < start.deadline
      ? [
          {
            title: 'the runner notices nothing until the deadline has come',
            fault: 'timer',
            happen: () => ({ ...world, now: start.deadline }),
          } as const,
        ]
      : []),
  ];
}

function otherMoves(setting: Setting, world: World): readonly Move[] {
  const id = setting.scenario.cancels[world.cancels];
  const past = Math.max(world.now, world.saga.start.deadline + 1);
  const hasTombstones = Object.values(world.records).some(
    ({ undone }) => Object.keys(undone).length > 0,
  );
  return [
    ...(id === undefined
      ? []
      : [{ title: `somebody cancels (${id})`, happen: () => cancel(setting, world, id) }]),
    ...(world.last.length === 0
      ? []
      : [
          {
            title: 'the runner crashes and sends again',
            fault: 'crash',
            happen: () => ({ ...world, commands: [...world.commands, ...world.last] }),
          } as const,
        ]),
    ...(hasTombstones
      ? [
          {
            title: 'the deadline is long past, participants forget what they undid',
            fault: 'forget',
            happen: () => forget({ ...world, now: past }),
          } as const,
        ]
      : []),
  ];
}

function without<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items.toSpliced(items.indexOf(item), 1);
}

function distinct<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
