import { describe, expect, it, vi } from 'vitest';
import {
  accepted,
  rejectedWith,
  released,
  wrapString,
  wrapUint,
  type OutgoingAttach,
  type OutgoingDelivery,
  type OutgoingLink,
  type Settlement,
} from '../../../../../local/broker/amqp/index.ts';
import { addressOf, filterOf } from '../../../../../local/broker/amqp/codec/termini.ts';
import { RawClient } from './raw-client.ts';
import { deliveryOf, ignoreDetach, sendAll, serve } from './scripted-endpoint.ts';

describe('Links on which the broker sends', () => {
  it('answer each of two neighbours with its own outcome', async () => {
    const settlements: Settlement[] = [];
    const unsettled = {
      settled: false,
      onOutcome: (settlement: Settlement) => settlements.push(settlement),
    };
    const onCredit = sendAll([deliveryOf(0, unsettled), deliveryOf(1, unsettled)]);
    const { port } = await serve({
      onOutgoing: (attach) => void attach.accept({ onCredit, ...ignoreDetach }),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue', { rcvSettleMode: 1 });
    await client.next('attach');
    client.grant(2);
    await client.next('transfer');
    await client.next('transfer');
    const disposition = { type: 'disposition', role: 'receiver', settled: false } as const;
    client.send({ ...disposition, first: 0, outcome: accepted });
    const error = { condition: 'com.microsoft:dead-letter', description: '' };
    client.send({ ...disposition, first: 1, outcome: rejectedWith(error) });
    await vi.waitFor(() => {
      expect(settlements.map((settlement) => settlement.outcome.type)).toEqual([
        'accepted',
        'rejected',
      ]);
    });
    const lockLost = { condition: 'com.microsoft:message-lock-lost', description: 'gone' };
    settlements[0]?.reply(rejectedWith(lockLost));
    settlements[1]?.reply(accepted);
    settlements[1]?.reply(released);
    expect(await client.next('disposition')).toMatchObject({
      first: 0,
      settled: true,
      outcome: { type: 'rejected', error: { condition: lockLost.condition } },
    });
    expect(await client.next('disposition')).toMatchObject({ first: 1, outcome: accepted });
    client.send({ type: 'end' });
    await client.next('end');
  });

  it('hear an outcome once, and none from a range that was never sent', async () => {
    const outcomes: string[] = [];
    const unsettled: Partial<OutgoingDelivery> = {
      settled: false,
      onOutcome: ({ outcome }) => outcomes.push(outcome.type),
    };
    const onCredit = sendAll([deliveryOf(0, unsettled), deliveryOf(1, unsettled)]);
    const { port } = await serve({
      onOutgoing: (attach) => void attach.accept({ onCredit, ...ignoreDetach }),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    await client.next('attach');
    client.grant(2);
    await client.next('transfer');
    await client.next('transfer');
    const everything = { first: 0, last: 0xffffffff, settled: true, outcome: accepted };
    client.send({ type: 'disposition', role: 'receiver', ...everything });
    client.send({ type: 'disposition', role: 'receiver', ...everything });
    client.send({ type: 'end' });
    await client.next('end');
    expect(outcomes).toEqual(['accepted', 'accepted']);
  });

  it('write nothing to a session that has ended', async () => {
    const settlements: Settlement[] = [];
    const onOutcome = (settlement: Settlement): void => void settlements.push(settlement);
    const onCredit = sendAll([deliveryOf(0, { settled: false, onOutcome })]);
    const { port } = await serve({
      onOutgoing: (attach) => void attach.accept({ onCredit, ...ignoreDetach }),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue', { rcvSettleMode: 1 });
    await client.next('attach');
    client.grant(1);
    await client.next('transfer');
    const outcome = { first: 0, settled: false, outcome: accepted };
    client.send({ type: 'disposition', role: 'receiver', ...outcome });
    client.send({ type: 'end' });
    await client.next('end');
    settlements[0]?.reply(accepted);
    client.send({ type: 'close' });
    await client.next('close');
    expect(settlements).toHaveLength(1);
  });

  it('keep a client waiting that is held, then open with properties and filter', async () => {
    const held = Promise.withResolvers<OutgoingAttach>();
    const { port } = await serve({ onOutgoing: held.resolve });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    client.grant(1);
    const attach = await held.promise;
    attach.accept(
      { onCredit: sendAll([deliveryOf(7)]), ...ignoreDetach },
      {
        filter: new Map([['com.microsoft:session-filter', wrapString('session-1')]]),
        properties: new Map([['granted', wrapUint(1)]]),
      },
    );
    const reply = await client.next('attach');
    expect(addressOf(reply.source)).toBe('queue');
    expect(filterOf(reply.source).get('com.microsoft:session-filter')?.value).toBe('session-1');
    expect(reply.properties.get('granted')?.value).toBe(1);
    expect((await client.next('transfer')).deliveryTag).toEqual(Buffer.from([7]));
  });

  it('tell a held attach that its client has given up', async () => {
    const held = Promise.withResolvers<OutgoingAttach>();
    const { port } = await serve({ onOutgoing: held.resolve });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    const attach = await held.promise;
    expect(attach.signal.aborted).toBe(false);
    client.send({ type: 'detach', handle: 0, closed: true });
    await client.next('attach');
    await client.next('detach');
    expect(attach.signal.aborted).toBe(true);
    const link = attach.accept({ onCredit: () => undefined, ...ignoreDetach });
    expect(link.isOpen).toBe(false);
  });

  it('refuse by an attach without termini and a detach with the reason', async () => {
    const { port } = await serve({});
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('nowhere');
    expect(await client.next('attach')).toMatchObject({ source: undefined, target: undefined });
    expect(await client.next('detach')).toMatchObject({
      closed: true,
      error: { condition: 'amqp:not-found' },
    });
  });

  it.each([
    [
      'detaches',
      'closed',
      (client: RawClient) => {
        client.send({ type: 'detach', handle: 0, closed: true });
      },
    ],
    [
      'ends its session',
      'closed',
      (client: RawClient) => {
        client.send({ type: 'end' });
      },
    ],
    [
      'closes its connection',
      'closed',
      (client: RawClient) => {
        client.send({ type: 'close' });
      },
    ],
    [
      'breaks its connection',
      'lost',
      (client: RawClient) => {
        client.destroy();
      },
    ],
  ])('hear once when the client %s', async (_title, cause, leave) => {
    const onDetached = vi.fn<(link: OutgoingLink, cause: string) => void>();
    const { port } = await serve({
      onOutgoing: (attach) => void attach.accept({ onCredit: () => undefined, onDetached }),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    await client.next('attach');
    leave(client);
    await vi.waitFor(() => {
      expect(onDetached).toHaveBeenCalledOnce();
    });
    expect(onDetached.mock.calls[0]?.[1]).toBe(cause);
    client.destroy();
  });
});
