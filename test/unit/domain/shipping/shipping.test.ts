import { describe, expect, it } from 'vitest';
import { doCommand, given, undoCommand } from '../../../support/commands.ts';

const participant = 'shipping';
const ship = doCommand('ship-order', { participant });
const recall = undoCommand('recall-shipment', 'ship-order', { participant });

describe('shipping', () => {
  it('ships a parcel under an id that only the order decides', () => {
    const [first, second] = [given(participant, [ship]), given(participant, [ship])];
    expect(first.outcomes).toEqual([{ kind: 'done', data: { shipment_id: 'shp-SO-1-1' } }]);
    expect(second.outcomes).toEqual(first.outcomes);
  });

  it('recalls the parcel that it shipped', () => {
    const { own } = given(participant, [ship, recall]);
    expect(own.shipments).toEqual({
      made: [{ id: 'shp-SO-1-1', orderId: 'SO-1' }],
      undone: ['shp-SO-1-1'],
    });
  });

  it('refuses to ship without an order', () => {
    const { outcomes } = given(participant, [doCommand('ship-order', { participant, data: {} })]);
    expect(outcomes).toMatchObject([{ kind: 'refused', code: 'command.invalid' }]);
  });
});
