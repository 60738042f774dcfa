import { describe, expect, it } from 'vitest';
import { doCommand, given, receiptData, undoCommand } from '../../../support/commands.ts';

const participant = 'warehouse';
const ofReceipt = { participant, data: receiptData } as const;
const pick = doCommand('pick-order', { participant });
const unpick = undoCommand('unpick-order', 'pick-order', { participant });
const pack = doCommand('pack-order', { participant });
const unpack = undoCommand('unpack-order', 'pack-order', { participant });
const putAway = doCommand('put-away', ofReceipt);
const takeOut = undoCommand('take-out', 'put-away', ofReceipt);

describe('the warehouse', () => {
  it('picks and packs an order, unpacks and unpicks it', () => {
    const { own, outcomes } = given(participant, [pick, pack, unpack, unpick]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done']);
    expect(own.picks.made).toMatchObject([{ id: 'pick-SO-1-1', orderId: 'SO-1' }]);
    expect(own.picks.undone).toEqual(['pick-SO-1-1']);
    expect(own.packs).toEqual({
      made: [{ id: 'pack-SO-1-1', orderId: 'SO-1' }],
      undone: ['pack-SO-1-1'],
    });
  });

  it.each([
    { before: [], state: 'never picked' },
    { before: [pick, unpick], state: 'back on the shelf' },
  ])('does not pack goods that are $state', ({ before }) => {
    const { outcomes } = given(participant, [...before, pack]);
    expect(outcomes.at(-1)).toMatchObject({ kind: 'refused', code: 'order.not_picked' });
  });

  it('puts received goods away and takes them out again', () => {
    const { own } = given(participant, [putAway, takeOut]);
    expect(own.storings).toEqual({
      made: [{ id: 'put-R-1-1', receiptId: 'R-1' }],
      undone: ['put-R-1-1'],
    });
  });

  it.each(['pick-order', 'pack-order', 'put-away'])(
    'refuses %s without its business data',
    (name) => {
      const { outcomes } = given(participant, [doCommand(name, { participant, data: {} })]);
      expect(outcomes).toMatchObject([{ kind: 'refused', code: 'command.invalid' }]);
    },
  );

  it('does not pick without lines', () => {
    const command = doCommand('pick-order', { participant, data: { order_id: 'SO-1' } });
    expect(given(participant, [command]).outcomes).toMatchObject([{ code: 'command.invalid' }]);
  });
});
