import { describe, expect, it } from 'vitest';
import {
  accepted,
  rejectedWith,
  released,
  type Settlement,
} from '../../../../../local/broker/amqp/index.ts';
import type { Disposition } from '../../../../../local/broker/amqp/codec/performatives.ts';
import { UnsettledDeliveries } from '../../../../../local/broker/amqp/unsettled-deliveries.ts';

const tag = Buffer.from('t');
const payload = Buffer.alloc(0);
const disposition: Disposition = {
  type: 'disposition',
  role: 'receiver',
  first: 0,
  settled: false,
  outcome: accepted,
};

/** Deliveries 0 to 2 on link 0 and delivery 3 on link 1. */
function sendFour(): {
  unsettled: UnsettledDeliveries;
  settlements: Map<number, Settlement[]>;
  written: Disposition[];
} {
  const written: Disposition[] = [];
  const settlements = new Map<number, Settlement[]>();
  const unsettled = new UnsettledDeliveries((frame) => written.push(frame));
  for (const id of [0, 1, 2, 3]) {
    const heard: Settlement[] = [];
    settlements.set(id, heard);
    const onOutcome = (settlement: Settlement): void => void heard.push(settlement);
    unsettled.add(id, id === 3 ? 1 : 0, { tag, payload, settled: false, onOutcome });
  }
  return { unsettled, settlements, written };
}

describe('Unsettled deliveries', () => {
  it('are settled by the reply, each in its own frame', () => {
    const { unsettled, settlements, written } = sendFour();
    unsettled.onDisposition({ ...disposition, last: 1 });
    settlements.get(1)?.[0]?.reply(released);
    settlements.get(0)?.[0]?.reply(accepted);
    expect(written).toEqual([
      { type: 'disposition', role: 'sender', first: 1, settled: true, outcome: released },
      { type: 'disposition', role: 'sender', first: 0, settled: true, outcome: accepted },
    ]);
  });

  it('are heard once, however often the client repeats itself', () => {
    const { unsettled, settlements, written } = sendFour();
    unsettled.onDisposition(disposition);
    unsettled.onDisposition({ ...disposition, outcome: released });
    expect(settlements.get(0)?.map((settlement) => settlement.outcome)).toEqual([accepted]);
    settlements.get(0)?.[0]?.reply(accepted);
    settlements.get(0)?.[0]?.reply(released);
    unsettled.onDisposition(disposition);
    expect([written.length, settlements.get(0)?.length]).toEqual([1, 1]);
  });

  it('need no reply when the client has settled', () => {
    const { unsettled, settlements, written } = sendFour();
    unsettled.onDisposition({ ...disposition, settled: true });
    settlements.get(0)?.[0]?.reply(rejectedWith({ condition: 'x', description: '' }));
    expect(written).toEqual([]);
  });

  it('count as released when the client settles without an outcome', () => {
    const { unsettled, settlements } = sendFour();
    unsettled.onDisposition({ ...disposition, outcome: undefined });
    expect(settlements.get(0)).toEqual([]);
    unsettled.onDisposition({ ...disposition, settled: true, outcome: undefined });
    expect(settlements.get(0)?.map((settlement) => settlement.outcome)).toEqual([released]);
  });

  it('of a link that is gone are forgotten, replies included', () => {
    const { unsettled, settlements, written } = sendFour();
    unsettled.onDisposition({ ...disposition, last: 2 });
    unsettled.dropLink(0);
    settlements.get(0)?.[0]?.reply(accepted);
    unsettled.onDisposition({ ...disposition, first: 3 });
    settlements.get(3)?.[0]?.reply(accepted);
    expect(written.map((frame) => frame.first)).toEqual([3]);
  });
});
