import { isBefore, type EpochMs } from '../shared/kernel/time.ts';
import type { Command, DoCommand, Reply, ReplyOutcome, UndoCommand } from './messages.ts';
import type { Participant, ParticipantRecord, StepResult, Undo } from './participant.ts';

/** What a command came to. The record is the same object when there is nothing to write. */
export interface Decision<Own> {
  readonly record: ParticipantRecord<Own>;
  readonly reply: Reply;
}

/** Why a participant refuses, in a stable code and in words. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
}

/** What a participant remembers of a saga that it has not heard of. */
export function newRecord<Own>(participant: Participant<Own>): ParticipantRecord<Own> {
  return { own: participant.initial, answered: {}, undone: {} };
}

/**
 * Decides on a command. Pure, and idempotent: whichever copies of whichever commands come in
 * whichever order, each step and each compensation takes effect at most once.
 *
 * A step that was compensated, or whose compensation came first, is refused from then on. Any other
 * command that was answered gets the same reply again, late copies included; one that was never
 * answered is refused after its `notAfter`. A compensation that is refused leaves no trace, so that
 * it may succeed later, when what stood in its way is gone.
 * Codes of refusals: `command.compensated`, `command.expired`, `command.unknown`, and those of the
 * participant.
 */
export function decide<Own>(
  participant: Participant<Own>,
  record: ParticipantRecord<Own>,
  { command, now }: { readonly command: Command; readonly now: EpochMs },
): Decision<Own> {
  return command.kind === 'do'
    ? decideDo(participant, record, { command, now })
    : decideUndo(participant, record, { command, now });
}

/**
 * The participant, except that it refuses one of its commands, as the real one may for reasons that
 * we do not model. The refusal is decided and remembered as any other.
 */
export function refusing<Own>(
  participant: Participant<Own>,
  commandName: string,
  refusal: Refusal,
): Participant<Own> {
  const refuse = (): StepResult<Own> => ({ kind: 'refused', ...refusal });
  const { steps, undos } = participant;
  return {
    ...participant,
    steps: new Map([...steps].map(([name, run]) => [name, name === commandName ? refuse : run])),
    undos: new Map(
      [...undos].map(([name, { step, undo }]) => [
        name,
        { step, undo: name === commandName ? refuse : undo },
      ]),
    ),
  };
}

function decideDo<Own>(
  participant: Participant<Own>,
  record: ParticipantRecord<Own>,
  { command, now }: { readonly command: DoCommand; readonly now: EpochMs },
): Decision<Own> {
  if (Object.hasOwn(record.undone, command.id)) {
    // Another answer than `done`, and so another id: both may be on their way.
    return { record, reply: toReply(command, compensated, 'late') };
  }
  const earlier = answerTo(record, command.id);
  if (earlier !== undefined) return { record, reply: toReply(command, earlier) };
  const step = participant.steps.get(command.name);
  const result = isBefore(command.notAfter, now)
    ? expired
    : (step?.(record.own, command.data) ?? unknownTo(participant, command));
  return settle(record, { command, result, now });
}

function decideUndo<Own>(
  participant: Participant<Own>,
  record: ParticipantRecord<Own>,
  { command, now }: { readonly command: UndoCommand; readonly now: EpochMs },
): Decision<Own> {
  const earlier = answerTo(record, command.id);
  if (earlier !== undefined) return { record, reply: toReply(command, earlier) };
  const known = participant.undos.get(command.name);
  const result =
    known === undefined
      ? unknownTo(participant, command)
      : undoOnce(record, { undo: known.undo, undoes: command.undoes });
  if (result.kind === 'refused') {
    // Sent again it may succeed, so that each attempt has a reply of its own.
    return { record, reply: toReply(command, outcomeOf(result), `no${command.attempt}`) };
  }
  const undone = { ...record.undone, [command.undoes]: now };
  return settle({ ...record, undone }, { command, result, now });
}

/** There is nothing to undo of a step that has not been seen, was refused, or is undone. */
function undoOnce<Own>(
  record: ParticipantRecord<Own>,
  { undo, undoes }: { readonly undo: Undo<Own>; readonly undoes: string },
): StepResult<Own> {
  const step = answerTo(record, undoes);
  const isEffective = step?.kind === 'done' && !Object.hasOwn(record.undone, undoes);
  return isEffective ? undo(record.own, step.data) : { kind: 'done', own: record.own, data: {} };
}

function settle<Own>(
  record: ParticipantRecord<Own>,
  {
    command,
    result,
    now,
  }: { readonly command: Command; readonly result: StepResult<Own>; readonly now: EpochMs },
): Decision<Own> {
  const outcome = outcomeOf(result);
  const answered = { ...record.answered, [command.id]: { outcome, at: now } };
  const own = result.kind === 'done' ? result.own : record.own;
  return { record: { ...record, own, answered }, reply: toReply(command, outcome) };
}

/** Ids come from messages, and may name a member of the prototype, none of which has an outcome. */
function answerTo<Own>(record: ParticipantRecord<Own>, id: string): ReplyOutcome | undefined {
  return record.answered[id]?.outcome;
}

const compensated = {
  kind: 'refused',
  code: 'command.compensated',
  detail: 'The compensation of this command has already been accepted.',
} as const;

const expired = {
  kind: 'refused',
  code: 'command.expired',
  detail: 'The command came after the deadline of its saga.',
} as const;

function unknownTo<Own>(
  { name }: Participant<Own>,
  command: Command,
): Extract<StepResult<Own>, { readonly kind: 'refused' }> {
  const detail = `The participant ${name} has no command ${command.name}.`;
  return { kind: 'refused', code: 'command.unknown', detail };
}

function outcomeOf<Own>(result: StepResult<Own>): ReplyOutcome {
  if (result.kind === 'done') return { kind: 'done', data: result.data };
  return { kind: 'refused', code: result.code, detail: result.detail };
}

/** Equal answers have equal ids. `answer` tells apart the answers that one command may get. */
function toReply(command: Command, outcome: ReplyOutcome, answer = 'reply'): Reply {
  return {
    id: `${command.id}/${answer}`,
    commandId: command.id,
    commandName: command.name,
    participant: command.participant,
    sagaId: command.sagaId,
    replyTo: command.replyTo,
    ...(command.traceparent !== undefined && { traceparent: command.traceparent }),
    outcome,
  };
}
