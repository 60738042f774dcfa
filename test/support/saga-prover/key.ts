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

const recordNumbers = new WeakMap<ParticipantRecord<unknown>, number>();
const recordTexts = new Map<string, number>();

/** Worlds share most records with the worlds before them; equal records have the same number. */
function recordKey(record: ParticipantRecord<unknown>): number {
  const known = recordNumbers.get(record);
  if (known !== undefined) return known;
  const text = recordText(record);
  const number = recordTexts.get(text) ?? recordTexts.size;
  recordTexts.set(text, number);
  recordNumbers.set(record, number);
  return number;
}

function recordText({ own, answered, undone }: ParticipantRecord<unknown>): string {
  const answers = Object.entries(answered).map(([id, { outcome }]) => `${id}${outcome.kind}`);
  return [JSON.stringify(own), answers.sort().join(), Object.keys(undone).sort().join()].join(';');
}

function commandsKey(commands: World['commands']): string {
  if (commands.length === 0) return '';
  // Of the copies of a command only refusals to undo tell the attempts apart.
  const keys = commands.map(({ id, kind, attempt }) => (kind === 'do' ? id : `${id}${attempt}`));
  return keys.sort().join();
}

function repliesKey(replies: World['replies']): string {
  if (replies.length === 0) return '';
  return replies
    .map(({ id }) => id)
    .sort()
    .join();
}

function tracesKey(traces: World['traces']): string {
  let key = '';
  for (const { did, undid, compensated } of Object.values(traces)) {
    key += `${did}${undid}${compensated ? 1 : 0}`;
  }
  return key;
}

function entriesKey(entries: Readonly<Record<string, string | number>>): string {
  const keys: string[] = [];
  for (const [key, value] of Object.entries(entries)) keys.push(`${key}=${value}`);
  return keys.sort().join();
}
