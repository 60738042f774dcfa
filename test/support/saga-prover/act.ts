import type { Command, Reply, UndoCommand } from '../../../domain/messages.ts';
import type { ParticipantRecord } from '../../../domain/participant.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import { firstProblem } from './first-problem.ts';
import { standing, type Effect, type Setting, type Trace, type World } from './world.ts';

/** How a participant takes a command. */
export type Manner = 'answer' | 'answer-twice' | 'refuse' | 'mute' | 'deaf';

/** A participant decides on a command; what it does is held against the promises. */
export function act(setting: Setting, world: World, { command, manner }: Act): World {
  if (manner === 'deaf') return world;
  const participant =
    manner === 'refuse'
      ? setting.refusing.get(command.name)
      : setting.participants.get(command.participant);
  const record = world.records[command.participant];
  if (participant === undefined || record === undefined) {
    return { ...world, problem: `${command.name} went to ${command.participant}` };
  }
  setting.effects.length = 0;
  const now = epochMs(world.now);
  const decision = setting.subject.decide(participant, record, { command, now });
  const replies = Array.from({ length: copies[manner] }, () => decision.reply);
  let acted: World = {
    ...world,
    records: { ...world.records, [command.participant]: decision.record },
    replies: [...world.replies, ...replies],
  };
  for (const effect of setting.effects) acted = take(setting, acted, effect);
  return command.kind === 'do' || manner === 'refuse'
    ? acted
    : expectUndone(setting, acted, { command, reply: decision.reply });
}

interface Act {
  readonly command: Command;
  readonly manner: Manner;
}

const copies = { answer: 1, 'answer-twice': 2, refuse: 1, mute: 0 } as const;

/** Whether the participant has the answer to a command already. */
export function isAnswered(world: World, { participant, id }: Command): boolean {
  return world.records[participant]?.answered[id] !== undefined;
}

/** Participants forget what they compensated, once no command of the saga may come any more. */
export function forget(world: World): World {
  const records = Object.entries(world.records).map(
    ([name, record]) => [name, withoutTombstones(record)] as const,
  );
  return { ...world, records: Object.fromEntries(records) };
}

function withoutTombstones(record: ParticipantRecord<unknown>): ParticipantRecord<unknown> {
  const gone = Object.keys(record.undone).flatMap((id) => [id, `${id}/undo`]);
  const answered = Object.entries(record.answered).filter(([id]) => !gone.includes(id));
  return { ...record, answered: Object.fromEntries(answered), undone: {} };
}

/** A participant that is willing to undo does so, at whichever attempt. */
function expectUndone(
  setting: Setting,
  world: World,
  { command, reply }: { readonly command: UndoCommand; readonly reply: Reply },
): World {
  const { name, undoes } = command;
  if (reply.outcome.kind === 'refused') return withProblem(world, `${name} is refused for good`);
  const step = undoes.split('/').at(-1) ?? '';
  const undone = withTrace(world, step, { compensated: true });
  const stands = standing(undone);
  const blocker = setting.dependencies.get(step)?.find((dependency) => stands.has(dependency));
  return withProblem(
    undone,
    firstProblem([
      [`${step} was answered as undone but stands`, stands.has(step)],
      [`${step} was undone while ${blocker ?? ''} stands`, blocker !== undefined],
    ]),
  );
}

function take(setting: Setting, world: World, { kind, step }: Effect): World {
  const trace = world.traces[step];
  if (trace === undefined) return { ...world, problem: `${step} is unknown` };
  const { did, undid } = trace;
  if (kind === 'do') {
    const problem = wrongDoing(setting, world, { step, trace });
    return withProblem(withTrace(world, step, { did: did + 1 }), problem);
  }
  const undone = withTrace(world, step, { undid: undid + 1 });
  const problem =
    undid > 0
      ? `${step} was undone twice`
      : did === 0
        ? `${step} was undone but never done`
        : disorder(setting, undone, step);
  return withProblem(undone, problem);
}

function wrongDoing(
  { scenario }: Setting,
  { now, saga }: World,
  { step, trace }: { readonly step: string; readonly trace: Trace },
): string | undefined {
  if (trace.did > 0) return `${step} took effect twice`;
  if (trace.compensated) return `${step} took effect after its compensation`;
  return now > saga.start.startedAt + scenario.deadline
    ? `${step} took effect after the deadline of the saga`
    : undefined;
}

/** Last in, first out: what still stands of later steps must have been given up. */
function disorder({ definition }: Setting, world: World, step: string): string | undefined {
  const stands = standing(world);
  const index = definition.steps.findIndex(({ name }) => name === step);
  const later = definition.steps.find(
    ({ name, compensation }, at) =>
      at > index &&
      compensation !== undefined &&
      stands.has(name) &&
      !world.saga.unresolved.some((stuck) => stuck.step === name),
  );
  return later && `${step} was undone before ${later.name}`;
}

function withTrace(world: World, step: string, change: Partial<Trace>): World {
  const trace = world.traces[step] ?? { did: 0, undid: 0, compensated: false };
  return { ...world, traces: { ...world.traces, [step]: { ...trace, ...change } } };
}

/** Of several broken promises the first is kept. */
export function withProblem(world: World, problem: string | undefined): World {
  return problem === undefined || world.problem !== undefined ? world : { ...world, problem };
}
