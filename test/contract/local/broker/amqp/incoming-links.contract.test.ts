import { describe, expect, it } from 'vitest';
import {
  accepted,
  type IncomingDelivery,
  type IncomingLinkEvents,
} from '../../../../../local/broker/amqp/index.ts';
import { RawClient, type PerformativeOf } from './raw-client.ts';
import { messageOf, serve } from './scripted-endpoint.ts';

async function attachSender(
  events: IncomingLinkEvents,
  maxMessageBytes = 10_000,
): Promise<RawClient> {
  const { port } = await serve({
    onIncoming: (attach) => void attach.accept(events, { maxMessageBytes }),
  });
  const client = await RawClient.open(port);
  await client.begin();
  client.attach('queue', { role: 'sender', initialDeliveryCount: 0 });
  expect((await client.next('attach')).role).toBe('receiver');
  expect((await client.next('flow')).linkCredit).toBe(1000);
  return client;
}

const transfer = { type: 'transfer', handle: 0, messageFormat: 0 } as const;

describe('Links on which a client sends', () => {
  it('join the transfers of a message and answer it once', async () => {
    const payloads: Buffer[] = [];
    const client = await attachSender({
      onDelivery: (delivery) => {
        payloads.push(delivery.payload);
        delivery.settle(accepted);
        delivery.settle(accepted);
      },
    });
    const payload = messageOf('in three parts');
    const head = { ...transfer, deliveryId: 0, deliveryTag: Buffer.from('a') };
    client.send({ ...head, more: true }, { payload: payload.subarray(0, 5) });
    client.send({ ...transfer, more: true }, { payload: payload.subarray(5, 9) });
    client.send(transfer, { payload: payload.subarray(9) });
    expect(await client.next('disposition')).toMatchObject({
      role: 'receiver',
      first: 0,
      settled: true,
      outcome: accepted,
    });
    client.send({ ...head, deliveryId: 1 }, { payload });
    expect((await client.next('disposition')).first).toBe(1);
    expect(payloads).toEqual([payload, payload]);
  });

  it('do not answer a message that was sent settled', async () => {
    const client = await attachSender({
      onDelivery: (delivery) => {
        delivery.settle(accepted);
      },
    });
    client.send({ ...transfer, deliveryId: 0, settled: true }, { payload: messageOf('a') });
    client.send({ ...transfer, deliveryId: 1 }, { payload: messageOf('b') });
    expect((await client.next('disposition')).first).toBe(1);
  });

  it('reject a message over the limit with its size and take the next one', async () => {
    const deliveries: IncomingDelivery[] = [];
    const client = await attachSender({
      onDelivery: (delivery) => {
        deliveries.push(delivery);
        delivery.settle(accepted);
      },
    });
    const payload = Buffer.alloc(6000);
    client.send({ ...transfer, deliveryId: 0, more: true }, { payload });
    client.send({ ...transfer, deliveryId: 0 }, { payload });
    const answer = await client.next('disposition');
    expect(answer.outcome).toMatchObject({
      type: 'rejected',
      error: { condition: 'amqp:link:message-size-exceeded' },
    });
    expect(JSON.stringify(answer.outcome)).toContain('size:12000 bytes');
    client.send({ ...transfer, deliveryId: 1 }, { payload: messageOf('small') });
    expect(await client.next('disposition')).toMatchObject({ first: 1, outcome: accepted });
    expect(deliveries).toHaveLength(1);
  });

  it('forget a message that the client aborts', async () => {
    const payloads: Buffer[] = [];
    const client = await attachSender({
      onDelivery: (delivery) => {
        payloads.push(delivery.payload);
        delivery.settle(accepted);
      },
    });
    client.send({ ...transfer, deliveryId: 0, more: true }, { payload: Buffer.from('half') });
    client.send({ ...transfer, deliveryId: 0, aborted: true });
    client.send({ ...transfer, deliveryId: 1 }, { payload: messageOf('whole') });
    await client.next('disposition');
    expect(payloads).toEqual([messageOf('whole')]);
  });

  it('grant credit anew as messages are answered, and the session its window', async () => {
    const client = await attachSender({
      onDelivery: (delivery) => {
        delivery.settle(accepted);
      },
    });
    const payload = messageOf('x');
    const flows: PerformativeOf<'flow'>[] = [];
    for (let sent = 0; sent < 3000; sent += 500) {
      for (let id = sent; id < sent + 500; id++) {
        client.send({ ...transfer, deliveryId: id, settled: true }, { payload });
      }
      do flows.push(await client.next('flow'));
      while (flows.at(-1)?.handle === undefined);
    }
    const ofLink = flows.filter((flow) => flow.handle === 0);
    expect(ofLink.map((flow) => [flow.deliveryCount, flow.linkCredit])).toEqual(
      [500, 1000, 1500, 2000, 2500, 3000].map((deliveryCount) => [deliveryCount, 1000]),
    );
    const ofSession = flows.filter((flow) => flow.handle === undefined);
    expect(ofSession.map((flow) => flow.incomingWindow)).toEqual([4096]);
  });

  it('close on a message without credit', async () => {
    const client = await attachSender({ onDelivery: () => undefined });
    const payload = messageOf('x');
    for (let id = 0; id < 1001; id++) client.send({ ...transfer, deliveryId: id }, { payload });
    const detach = await client.next('detach');
    expect(detach.error?.condition).toBe('amqp:link:transfer-limit-exceeded');
  });
});
