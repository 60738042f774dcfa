import { describe, expect, it } from 'vitest';
import type { OutgoingLink } from '../../../../../local/broker/amqp/index.ts';
import { RawClient } from './raw-client.ts';
import {
  deliveryOf,
  flowOf,
  ignoreDetach,
  messageOf,
  sendAll,
  serve,
} from './scripted-endpoint.ts';

describe('Flow control of links on which the broker sends', () => {
  it('get as many messages as they have credit for', async () => {
    const onCredit = sendAll([0, 1, 2].map((index) => deliveryOf(index)));
    const { port } = await serve({
      onOutgoing: (attach) => void attach.accept({ onCredit, ...ignoreDetach }),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    await client.next('attach');
    client.grant(2);
    expect((await client.next('transfer')).deliveryId).toBe(0);
    expect((await client.next('transfer')).deliveryId).toBe(1);
    client.grant(1, { received: 2 });
    expect((await client.next('transfer')).deliveryId).toBe(2);
  });

  it('give back the credit of a drain behind the messages sent', async () => {
    const onCredit = sendAll([deliveryOf(0)]);
    const { port } = await serve({
      onOutgoing: (attach) => void attach.accept({ onCredit, ...ignoreDetach }),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    await client.next('attach');
    client.grant(10, { drain: true });
    await client.next('transfer');
    expect(await client.next('flow')).toMatchObject({
      linkCredit: 0,
      deliveryCount: 10,
      drain: true,
    });
  });

  it('wait for the window of the session, also with the answer to a drain', async () => {
    const onCredit = sendAll([0, 1, 2, 3].map((index) => deliveryOf(index)));
    const { port } = await serve({
      onOutgoing: (attach) => void attach.accept({ onCredit, ...ignoreDetach }),
    });
    const client = await RawClient.open(port);
    await client.begin(3);
    client.attach('queue');
    await client.next('attach');
    client.send(flowOf({ nextIncomingId: 0, incomingWindow: 3, linkCredit: 10, drain: true }));
    for (let index = 0; index < 3; index++) await client.next('transfer');
    client.send(flowOf({ nextIncomingId: 3, incomingWindow: 3 }));
    expect((await client.next('transfer')).deliveryId).toBe(3);
    expect((await client.next('flow')).linkCredit).toBe(0);
  });

  it('cut a message into frames that the client takes', async () => {
    const payload = messageOf('x'.repeat(3000));
    const onCredit = sendAll([deliveryOf(0, { payload })]);
    const { port } = await serve({
      onOutgoing: (attach) => void attach.accept({ onCredit, ...ignoreDetach }),
    });
    const client = await RawClient.open(port, { maxFrameSize: 512 });
    await client.begin();
    client.attach('queue');
    await client.next('attach');
    client.grant(1);
    const parts: Buffer[] = [];
    for (let more = true; more;) {
      const frame = await client.nextFrame();
      if (frame.performative?.type !== 'transfer') throw new Error('no transfer');
      more = frame.performative.more === true;
      parts.push(frame.payload);
    }
    expect(parts.length).toBeGreaterThan(5);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(512);
    expect(Buffer.concat(parts)).toEqual(payload);
  });

  it('let nothing be sent without credit or on a link that is closed', async () => {
    const opened = Promise.withResolvers<OutgoingLink>();
    const { port } = await serve({
      onOutgoing: (attach) => {
        opened.resolve(attach.accept({ onCredit: () => undefined, ...ignoreDetach }));
      },
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    const link = await opened.promise;
    const isBug = expect.objectContaining({ code: 'bug' }) as unknown;
    expect(() => {
      link.send(deliveryOf(0));
    }).toThrow(isBug);
    link.detach({ condition: 'amqp:link:stolen', description: 'another reader' });
    link.detach();
    await client.next('attach');
    expect((await client.next('detach')).error?.condition).toBe('amqp:link:stolen');
    expect(() => {
      link.send(deliveryOf(0));
    }).toThrow(isBug);
    client.send({ type: 'detach', handle: 0, closed: true });
    client.attach('queue', { name: 'the handle again' });
    expect((await client.next('attach')).name).toBe('the handle again');
  });

  it('forget what the window of the session held back when they are closed', async () => {
    const onCredit = (link: OutgoingLink): void => {
      link.send(deliveryOf(0));
      link.send(deliveryOf(1));
      link.detach();
    };
    const { port } = await serve({
      onOutgoing: (attach) => void attach.accept({ onCredit, ...ignoreDetach }),
    });
    const client = await RawClient.open(port);
    await client.begin(1);
    client.attach('queue');
    await client.next('attach');
    client.send(flowOf({ nextIncomingId: 0, incomingWindow: 1, linkCredit: 2 }));
    expect((await client.next('transfer')).deliveryId).toBe(0);
    await client.next('detach');
    client.send(flowOf({ nextIncomingId: 1, incomingWindow: 10 }));
    client.send({ type: 'end' });
    await client.next('end');
  });

  it('tell their state when a client asks for it', async () => {
    const { port } = await serve({
      onOutgoing: (attach) =>
        void attach.accept({ onCredit: sendAll([deliveryOf(0)]), ...ignoreDetach }),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    await client.next('attach');
    client.grant(5);
    await client.next('transfer');
    const session = {
      type: 'flow',
      incomingWindow: 1000,
      nextOutgoingId: 0,
      outgoingWindow: 1,
    } as const;
    client.send({
      ...session,
      nextIncomingId: 1,
      handle: 0,
      deliveryCount: 1,
      linkCredit: 4,
      echo: true,
    });
    expect(await client.next('flow')).toMatchObject({ handle: 0, deliveryCount: 1, linkCredit: 4 });
    client.send({ ...session, nextIncomingId: 1, echo: true });
    expect(await client.next('flow')).toMatchObject({ handle: undefined, nextOutgoingId: 1 });
  });
});
