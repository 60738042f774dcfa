import {
  commandIdOf,
  undoIdOf,
  type DoCommand,
  type ParticipantName,
  type UndoCommand,
} from '../../domain/messages.ts';
import { decide, newRecord } from '../../domain/participant-protocol.ts';
import type { ParticipantRecord } from '../../domain/participant.ts';
import { participantNamed, type ParticipantStates } from '../../domain/participants.ts';
import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { epochMs } from '../../shared/kernel/time.ts';

/** When the tests of participants take place, and when their sagas end. */
export const now = epochMs(Date.UTC(2026, 10, 21, 12));
export const deadline = epochMs(now + 60_000);

export const orderData: JsonObject = {
  order_id: 'SO-1',
  amount: 18.6,
  currency: 'BRL',
  lines: [
    { product_id: 'P-1', quantity: 2 },
    { product_id: 'P-2', quantity: 0.5 },
  ],
};

export const receiptData: JsonObject = {
  receipt_id: 'R-1',
  lines: [{ material_id: 'M-1', quantity: 40 }],
};

interface Parts {
  readonly participant: ParticipantName;
  readonly sagaId?: string;
  readonly data?: JsonObject;
  readonly attempt?: number;
}

/** The command of a step. */
export function doCommand(
  name: string,
  { participant, sagaId = 'SO-1', data = orderData, attempt = 1 }: Parts,
): DoCommand {
  const id = commandIdOf(sagaId, name);
  const base = { id, name, participant, sagaId, replyTo: sagaId, attempt, data };
  return { ...base, kind: 'do', notAfter: deadline };
}

/** The compensation of a step. */
export function undoCommand(
  name: string,
  step: string,
  { participant, sagaId = 'SO-1', data = orderData, attempt = 1 }: Parts,
): UndoCommand {
  const id = undoIdOf(sagaId, step);
  const base = { id, name, participant, sagaId, replyTo: sagaId, attempt, data };
  return { ...base, kind: 'undo', undoes: commandIdOf(sagaId, step) };
}

/** A participant that was given commands one after the other. */
export function given<Name extends ParticipantName>(
  name: Name,
  commands: readonly (DoCommand | UndoCommand)[],
) {
  const participant = participantNamed(name);
  let record: ParticipantRecord<ParticipantStates[Name]> = newRecord(participant);
  const replies = commands.map((command) => {
    const decision = decide(participant, record, { command, now });
    record = decision.record;
    return decision.reply;
  });
  return { own: record.own, record, replies, outcomes: replies.map(({ outcome }) => outcome) };
}
