import { describe, expect, it } from 'vitest';
import { decide, newRecord, refusing } from '../../../domain/participant-protocol.ts';
import type { Command } from '../../../domain/messages.ts';
import { payment } from '../../../domain/payment/payment.ts';
import { epochMs, type EpochMs } from '../../../shared/kernel/time.ts';
import { deadline, doCommand, given, now, undoCommand } from '../../support/commands.ts';

const participant = 'payment';
const charge = doCommand('charge-payment', { participant });
const refund = undoCommand('refund-payment', 'charge-payment', { participant });

function decideOn(
  record: ReturnType<typeof given<'payment'>>['record'],
  command: Command,
  at: EpochMs = now,
) {
  return decide(payment, record, { command, now: at });
}

describe('decide', () => {
  it('answers a command under an id of its own, with what the sender needs to match it', () => {
    const traced = { ...charge, traceparent: '00-trace' };
    const { reply } = decideOn(newRecord(payment), traced);
    expect(reply).toEqual({
      id: 'SO-1/charge-payment/reply',
      commandId: 'SO-1/charge-payment',
      commandName: 'charge-payment',
      participant: 'payment',
      sagaId: 'SO-1',
      replyTo: 'SO-1',
      traceparent: '00-trace',
      outcome: {
        kind: 'done',
        data: { charge_id: 'chg-SO-1-1', amount: '18.6', currency: 'BRL' },
      },
    });
  });

  it('answers a copy with the same reply and leaves the record as it is', () => {
    const { record, replies } = given(participant, [charge]);
    const repeated = decideOn(record, { ...charge, attempt: 2 });
    expect(repeated.record).toBe(record);
    expect(repeated.reply).toEqual(replies[0]);
  });

  it('answers a copy as before even after the deadline, because the step has taken effect', () => {
    const { record, replies } = given(participant, [charge]);
    expect(decideOn(record, charge, epochMs(deadline + 1)).reply).toEqual(replies[0]);
  });

  it('accepts a command at its deadline and refuses it afterwards, for good (counterexample 20)', () => {
    expect(decideOn(newRecord(payment), charge, deadline).reply.outcome.kind).toBe('done');
    const late = decideOn(newRecord(payment), charge, epochMs(deadline + 1));
    expect(late.reply.outcome).toMatchObject({ kind: 'refused', code: 'command.expired' });
    expect(late.record.own.charges).toEqual([]);
    // A copy that meets a clock which is behind gets the same answer.
    expect(decideOn(late.record, charge, now).reply).toEqual(late.reply);
  });

  it('undoes what the step did, once', () => {
    const { own, outcomes } = given(participant, [charge, refund, refund]);
    expect(own.refunds).toHaveLength(1);
    expect(outcomes[1]).toEqual(outcomes[2]);
  });

  it('takes a second compensation under an id of its own for done (SPEC decision 13)', () => {
    const other = { ...refund, id: 'SO-1/customer-service/refund' };
    const { own, outcomes } = given(participant, [charge, refund, other]);
    expect(own.refunds).toHaveLength(1);
    expect(outcomes[2]).toEqual({ kind: 'done', data: {} });
  });

  it('accepts the compensation of a command that it never saw, and refuses that command then', () => {
    const { own, outcomes } = given(participant, [refund, charge]);
    expect(own).toEqual({ charges: [], refunds: [] });
    expect(outcomes).toMatchObject([
      { kind: 'done', data: {} },
      { kind: 'refused', code: 'command.compensated' },
    ]);
  });

  it('refuses a command whose effect was undone: a second run of a saga must not go on from it (counterexample 19)', () => {
    const { own, replies } = given(participant, [charge, refund, charge]);
    expect(own.charges).toHaveLength(1);
    expect(replies[2]?.outcome).toMatchObject({ kind: 'refused', code: 'command.compensated' });
    expect(replies[2]?.id).not.toBe(replies[0]?.id);
  });

  it('has nothing to undo of a step that was refused', () => {
    const unreadable = { ...charge, data: {} };
    const { own, outcomes } = given(participant, [unreadable, refund]);
    expect(outcomes).toMatchObject([{ kind: 'refused' }, { kind: 'done', data: {} }]);
    expect(own.refunds).toEqual([]);
  });

  it('refuses a step for good', () => {
    const declining = refusing(payment, 'charge-payment', {
      code: 'payment.declined',
      detail: 'no',
    });
    const declined = decide(declining, newRecord(payment), { command: charge, now });
    expect(declined.reply.outcome).toMatchObject({ kind: 'refused', code: 'payment.declined' });
    expect(decideOn(declined.record, charge).reply).toEqual(declined.reply);
  });

  it('lets a refused compensation be tried again, each attempt under a reply of its own', () => {
    const { record } = given(participant, [charge]);
    const closed = { code: 'bank.closed', detail: 'try tomorrow' };
    const refused = decide(refusing(payment, 'refund-payment', closed), record, {
      command: refund,
      now,
    });
    expect(refused.reply.outcome).toEqual({ kind: 'refused', ...closed });
    expect(refused.record).toBe(record);
    const again = decideOn(refused.record, { ...refund, attempt: 2 });
    expect(again.reply.outcome.kind).toBe('done');
    expect(again.reply.id).not.toBe(refused.reply.id);
  });

  it('refuses commands and compensations that the participant does not have', () => {
    const unknown = doCommand('constructor', { participant });
    const unknownUndo = undoCommand('__proto__', 'charge-payment', { participant });
    const { own, outcomes } = given(participant, [charge, unknown, unknownUndo]);
    expect(outcomes.slice(1)).toMatchObject([
      { kind: 'refused', code: 'command.unknown' },
      { kind: 'refused', code: 'command.unknown' },
    ]);
    expect(own.refunds).toEqual([]);
  });

  it('is not misled by ids that are names of the prototype', () => {
    const hostile = { ...charge, id: 'constructor' };
    const worse = { ...charge, id: '__proto__' };
    const { record, outcomes } = given(participant, [hostile, worse, worse]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done']);
    expect(Object.keys(record.answered)).toEqual(['constructor', '__proto__']);
    expect(record.own.charges).toHaveLength(2);
  });
});
