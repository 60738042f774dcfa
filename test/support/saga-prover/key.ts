import type { ParticipantRecord } from '../../../domain/participant.ts';
import type { SagaState } from '../../../sagas/runner/machine-state.ts';
import type { World } from './world.ts';

/** Everything in the machine's state that its future depends on, relative to now. */
export function machineKey(state: SagaState, now: number): string {
  const { phase, pending, registered, unresolved, stuck, cancels, wakeAt, reason } = state;
  return [
    phase,
    pending === undefined
      ? ''
      : `${pending.kind}:${pending.step}:${pending.attempt}:${pending.refusals?.map(({ replyId }) => replyId).join() ?? ''}`,
    registered.join(),
    unresolved.map(({ step, status }) => `${step}:${status}`).join(),
    stuck.length,
    cancels.length,
    wakeAt === undefined ? '' : wakeAt - now,
    reason?.code,
  ].join(';');
}

/** Worlds with the same key have the same future. */
export function worldKey(world: World): string {
  const { saga, now, commands, replies, records, moods, traces, sent } = world;
  return [
    machineKey(saga, now),
    // Once it is past, it does not matter for how long.
    Math.max(-1, saga.start.deadline - now),
    world.run,
    commandsKey(commands),
    repliesKey(replies),
    Object.values(records).map(recordKey).join('/'),
    entriesKey(moods),
    tracesKey(traces),
    entriesKey(sent),
    world.refused.join(),
    world.refusals.join(),
    world.wasCancelled,
    world.undoneDownTo,
    world.faults,
    world.cancels,
    world.last.map(({ id, attempt }) => `${id}${attempt}`).join(),
    Object.keys(world.facts).length,
  ].join('|');
}

const recordKey = remembered(({ own, answered, undone }: ParticipantRecord<unknown>): string => {
  const answers = Object.entries(answered).map(([id, { outcome }]) => `${id}${outcome.kind}`);
  return [JSON.stringify(own), answers.sort().join(), Object.keys(undone).sort().join()].join(';');
});

const entriesKey = remembered((entries: Readonly<Record<string, string | number>>): string =>
  Object.entries(entries)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(),
);

const tracesKey = remembered((traces: World['traces']): string =>
  Object.values(traces)
    .map(({ did, undid, compensated }) => `${did}${undid}${compensated ? 1 : 0}`)
    .join(),
);

const commandsKey = remembered((commands: World['commands']): string =>
  commands
    // Of the copies of a command only refusals to undo tell the attempts apart.
    .map(({ id, kind, attempt }) => (kind === 'do' ? id : `${id}${attempt}`))
    .sort()
    .join(),
);

const repliesKey = remembered((replies: World['replies']): string =>
  replies
    .map(({ id }) => id)
    .sort()
    .join(),
);

/** Worlds share most of their parts with the worlds before them. */
function remembered<Part extends object>(keyOf: (part: Part) => string): (part: Part) => string {
  const known = new WeakMap<Part, string>();
  return (part) => {
    const found = known.get(part);
    if (found !== undefined) return found;
    const key = keyOf(part);
    known.set(part, key);
    return key;
  };
}
