import type { Command, ParticipantName, Reply } from '../../../domain/messages.ts';
import { decide, newRecord, refusing } from '../../../domain/participant-protocol.ts';
import type { Participant, ParticipantRecord } from '../../../domain/participant.ts';
import { participantNamed } from '../../../domain/participants.ts';
import type { EpochMs } from '../../../shared/kernel/time.ts';

/** What goes wrong in the business, whoever leads the saga. */
export interface Faults {
  /** The command that is refused. */
  readonly refused?: string;
  /** Compensations that are refused, up to and with which attempt. */
  readonly refusedUndos: Readonly<Record<string, number>>;
  /** Steps and compensations that are not answered, up to and with which attempt. */
  readonly silent: Readonly<Record<string, number>>;
  /** Whether what is not answered takes effect all the same. */
  readonly isEffective: boolean;
  /** Whether every answer is given twice. */
  readonly isTwice: boolean;
}

/** The real participants of one saga, in memory, with faults. */
export interface FaultyParticipants {
  readonly handle: (command: Command, now: EpochMs) => readonly Reply[];
  /** Commands that took effect and were not undone. */
  readonly standing: () => readonly string[];
  /** How often each command, of steps and compensations, took effect. */
  readonly effects: ReadonlyMap<string, number>;
}

type AnyRecord = ParticipantRecord<unknown>;

export function createFaultyParticipants(faults: Faults): FaultyParticipants {
  const records = new Map<ParticipantName, AnyRecord>();
  const effects = new Map<string, number>();
  const recordOf = (participant: Participant<unknown>): AnyRecord =>
    records.get(participant.name) ?? newRecord(participant);
  const handle = (command: Command, now: EpochMs): readonly Reply[] => {
    const participant = participantFor(command, faults);
    const former = recordOf(participant);
    const isSilent = isUnanswered(command, former, faults);
    if (isSilent && !faults.isEffective) return [];
    const { record, reply } = decide(participant, former, { command, now });
    if (record.own !== former.own) effects.set(command.id, (effects.get(command.id) ?? 0) + 1);
    records.set(participant.name, record);
    if (isSilent) return [];
    return faults.isTwice ? [reply, reply] : [reply];
  };
  const standing = (): readonly string[] =>
    [...records.values()].flatMap(standingIn).toSorted((a, b) => a.localeCompare(b));
  return { handle, standing, effects };
}

function standingIn({ answered, undone }: AnyRecord): readonly string[] {
  return Object.entries(answered)
    .filter(
      ([id, { outcome }]) => outcome.kind === 'done' && !id.endsWith('/undo') && !(id in undone),
    )
    .map(([id]) => id);
}

function participantFor(command: Command, faults: Faults): Participant<unknown> {
  const participant = participantNamed(command.participant) as unknown as Participant<unknown>;
  const refusal = { code: `${command.name}.no`, detail: '' };
  const isRefused =
    command.kind === 'do'
      ? command.name === faults.refused
      : command.attempt <= (faults.refusedUndos[command.name] ?? 0);
  return isRefused ? refusing(participant, command.name, refusal) : participant;
}

/** Of a compensation of nothing, participants are never silent: an orchestration sends none. */
function isUnanswered(command: Command, { answered, undone }: AnyRecord, faults: Faults): boolean {
  if (command.attempt > (faults.silent[command.name] ?? 0)) return false;
  if (command.kind === 'do') return !(command.id in undone);
  return answered[command.undoes]?.outcome.kind === 'done';
}
