import type { Command, ParticipantName, Reply } from '../../domain/messages.ts';
import { decodeRecord, encodeRecord } from '../../domain/participant-record-codec.ts';
import { decide, newRecord, refusing, type Decision } from '../../domain/participant-protocol.ts';
import type { Participant } from '../../domain/participant.ts';
import { participantNamed, type ParticipantStates } from '../../domain/participants.ts';
import {
  behaviourFor,
  firstDelivery,
  type Behaviour,
  type Delivery,
  type SimulationRule,
} from '../../domain/simulation.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import {
  addDuration,
  durationMs,
  type Clock,
  type EpochMs,
  type Wait,
} from '../../shared/kernel/time.ts';
import type { ParticipantStore } from '../../shared/ports/participants.ts';

export interface CommandHandlerOptions {
  readonly store: ParticipantStore;
  readonly rules: readonly SimulationRule[];
  readonly clock: Clock;
  readonly wait: Wait;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** What is to be sent because of a command. */
export type Handling =
  | { readonly kind: 'handled'; readonly replies: readonly TimedReply[] }
  /** The command has had no effect yet, and is to be delivered again then. */
  | { readonly kind: 'postponed'; readonly until: EpochMs };

interface TimedReply {
  readonly reply: Reply;
  /** Left out: at once. */
  readonly deliverAt?: EpochMs;
}

/**
 * Handles the commands of all participants: reads the record, decides, writes it, whatever carries
 * the command. Two requests to the store for a new command, one for a copy. Any number of copies may
 * be handled at the same time; each gets the reply that was decided first.
 * Errors: those of the store; `participant.contended` (transient) when others changed the record
 * again and again; `participant.failed` (transient), a simulated error; `storage.unexpected_answer`
 * (permanent) for a record that cannot be read.
 */
export type CommandHandler = (command: Command, delivery?: Delivery) => Promise<Handling>;

export function createCommandHandler(options: CommandHandlerOptions): CommandHandler {
  const { rules, clock, wait } = options;
  return async (command, delivery = firstDelivery) => {
    const behaviour = behaviourFor(rules, command, delivery);
    if (behaviour.kind === 'error') throw simulatedError(command);
    if (behaviour.kind === 'late-effect')
      return { kind: 'postponed', until: after(clock, behaviour) };
    if (behaviour.kind === 'slow') await wait(durationMs(behaviour.ms));
    const reply = await changeRecord(options, command, behaviour);
    return { kind: 'handled', replies: repliesFor(behaviour, reply, clock) };
  };
}

function repliesFor(behaviour: Behaviour, reply: Reply, clock: Clock): readonly TimedReply[] {
  const { kind } = behaviour;
  if (kind === 'silent') return [];
  if (kind === 'answer-twice') return [{ reply }, { reply }];
  return kind === 'answer-late' ? [{ reply, deliverAt: after(clock, behaviour) }] : [{ reply }];
}

/** A saga's commands come one after the other, so that a second try is rare and a third absurd. */
const maxTries = 8;
const longestFirstWaitMs = 40;

/** Decides on the record as it is, and again when another has changed it meanwhile (SPEC S1-21). */
async function changeRecord(
  options: CommandHandlerOptions,
  command: Command,
  behaviour: Behaviour,
): Promise<Reply> {
  const { wait, random } = options;
  for (let tries = 0; tries < maxTries; tries += 1) {
    if (tries > 0) await wait(durationMs(random() * longestFirstWaitMs * 2 ** (tries - 1)));
    const reply = await tryToChange(options, command, behaviour);
    if (reply !== undefined) return reply;
  }
  throw failure('participant.contended', 'Others changed the record again and again.', command);
}

/** The reply, or undefined when another has changed the record since it was read. */
async function tryToChange(
  { store, clock }: CommandHandlerOptions,
  command: Command,
  behaviour: Behaviour,
): Promise<Reply | undefined> {
  const { participant, sagaId } = command;
  const stored = await store.read({ participant, sagaId });
  const asked = { command, now: clock.now() };
  const { reply, text } = decideOnText(asked, participantFor(command, behaviour), stored?.text);
  if (text === undefined) return reply;
  const outcome = await store.write({ participant, sagaId }, text, stored?.etag);
  return outcome === 'written' ? reply : undefined;
}

/** The text is undefined when there is nothing to write. */
function decideOnText<Own>(
  asked: { readonly command: Command; readonly now: EpochMs },
  participant: Participant<Own>,
  stored: string | undefined,
): { readonly reply: Reply; readonly text: string | undefined } {
  const record = stored === undefined ? newRecord(participant) : decodeRecord<Own>(stored);
  if (record === undefined) throw unreadable(asked.command);
  const decision: Decision<Own> = decide(participant, record, asked);
  const isChanged = decision.record !== record;
  return { reply: decision.reply, text: isChanged ? encodeRecord(decision.record) : undefined };
}

function participantFor(
  { participant: name, name: command }: Command,
  behaviour: Behaviour,
): Participant<ParticipantStates[ParticipantName]> {
  const participant = participantNamed(name);
  if (behaviour.kind !== 'refuse') return participant;
  const detail = 'A rule of participant_simulation has it refused.';
  return refusing(participant, command, { code: behaviour.code, detail });
}

function after(clock: Clock, { ms }: { readonly ms: number }): EpochMs {
  return addDuration(clock.now(), durationMs(ms));
}

function simulatedError(command: Command): AppError {
  return failure('participant.failed', 'A rule of participant_simulation has it fail.', command);
}

function failure(
  code: 'participant.contended' | 'participant.failed',
  message: string,
  { participant, name, sagaId }: Command,
): AppError {
  const details = { participant, command: name, sagaId };
  return new AppError(code, message, { kind: 'transient', details });
}

function unreadable({ participant, sagaId }: Command): AppError {
  return new AppError('storage.unexpected_answer', 'The record of a participant is unreadable.', {
    kind: 'permanent',
    details: { participant, sagaId },
  });
}
