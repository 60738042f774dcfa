import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standing } from '../../../domain/bookings.ts';
import { commandIdOf, participantNames, type Command } from '../../../domain/messages.ts';
import { decodeRecord, encodeRecord } from '../../../domain/participant-record-codec.ts';
import { decide, newRecord, refusing } from '../../../domain/participant-protocol.ts';
import { participantNamed } from '../../../domain/participants.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import {
  deadline,
  doCommand,
  now,
  orderData,
  receiptData,
  undoCommand,
} from '../../support/commands.ts';

const data = {
  ...orderData,
  ...receiptData,
  lines: [{ product_id: 'Gerät "🚚" \u2028', quantity: 1 }],
};

/** Any copy of any command of a participant, late or early, refused for other reasons or not. */
const arrivals = fc.constantFrom(...participantNames).chain((name) => {
  const { steps, undos } = participantNamed(name);
  const commands: readonly Command[] = [
    ...[...steps.keys()].map((step) => doCommand(step, { participant: name, data })),
    ...[...undos].map(([undo, { step }]) => undoCommand(undo, step, { participant: name, data })),
  ];
  const arrival = fc.record({
    command: fc.constantFrom(...commands),
    attempt: fc.integer({ min: 1, max: 3 }),
    isLate: fc.boolean(),
    isRefused: fc.boolean(),
  });
  return fc.record({ name: fc.constant(name), list: fc.array(arrival, { maxLength: 25 }) });
});

/** Plays the arrivals, through the text of the row between any two of them. */
function play({ name, list }: typeof arrivals extends fc.Arbitrary<infer Value> ? Value : never) {
  const participant = participantNamed(name);
  let record = newRecord(participant);
  return list.map(({ command, attempt, isLate, isRefused }) => {
    const bound = isRefused
      ? refusing(participant, command.name, { code: 'test.refused', detail: '' })
      : participant;
    const before = record;
    const at = isLate ? epochMs(deadline + 1) : now;
    const decision = decide(bound, record, { command: { ...command, attempt }, now: at });
    const text = encodeRecord(decision.record);
    expect(text).toMatch(/^[ -~]*$/);
    record = decodeRecord(text) ?? newRecord(participant);
    expect(record).toEqual(decision.record);
    return { command, before, after: record, isWritten: decision.record !== before, ...decision };
  });
}

/** How often each thing was done and undone. */
function effects(own: object): { readonly made: number; readonly undone: number }[] {
  const lists = Object.values(own) as (
    readonly unknown[] | { readonly made: readonly unknown[]; readonly undone: readonly unknown[] }
  )[];
  return lists.map((list) =>
    'made' in list
      ? { made: list.made.length, undone: list.undone.length }
      : { made: list.length, undone: 0 },
  );
}

describe('decide, under any duplication and order of commands', () => {
  it('does and undoes everything at most once', () => {
    fc.assert(
      fc.property(arrivals, (arrived) => {
        const last = play(arrived).at(-1);
        for (const { made, undone } of effects(last?.after.own ?? {})) {
          expect(made).toBeLessThanOrEqual(1);
          expect(undone).toBeLessThanOrEqual(made);
        }
      }),
    );
  });

  it('changes nothing by a command that it has answered before', () => {
    fc.assert(
      fc.property(arrivals, (arrived) => {
        for (const { command, before, isWritten } of play(arrived)) {
          if (Object.hasOwn(before.answered, command.id)) expect(isWritten).toBe(false);
        }
      }),
    );
  });

  it('gives equal replies equal ids and different replies different ones', () => {
    fc.assert(
      fc.property(arrivals, (arrived) => {
        const seen = new Map<string, unknown>();
        for (const { reply } of play(arrived)) {
          if (seen.has(reply.id)) expect(reply.outcome).toEqual(seen.get(reply.id));
          seen.set(reply.id, reply.outcome);
        }
      }),
    );
  });

  it('never answers a step with done after its compensation was accepted', () => {
    fc.assert(
      fc.property(arrivals, (arrived) => {
        const accepted = new Set<string>();
        for (const { command, reply } of play(arrived)) {
          const isDone = reply.outcome.kind === 'done';
          if (command.kind === 'undo' && isDone) accepted.add(command.undoes);
          if (command.kind === 'do' && accepted.has(command.id)) expect(isDone).toBe(false);
        }
      }),
    );
  });

  it('leaves nothing standing of a step whose compensation was accepted', () => {
    fc.assert(
      fc.property(arrivals, ({ list }) => {
        const replayed = play({ name: 'shipping', list: list.map(toShipping) });
        const last = replayed.at(-1);
        const own = last?.after.own;
        if (own === undefined || !('shipments' in own)) return;
        const isUndone = Object.hasOwn(last?.after.undone ?? {}, commandIdOf('SO-1', 'ship-order'));
        if (isUndone) expect(standing(own.shipments)).toEqual([]);
      }),
    );
  });
});

function toShipping<Arrival extends { readonly command: Command }>(arrival: Arrival): Arrival {
  const participant = 'shipping';
  const command =
    arrival.command.kind === 'do'
      ? doCommand('ship-order', { participant })
      : undoCommand('recall-shipment', 'ship-order', { participant });
  return { ...arrival, command };
}
