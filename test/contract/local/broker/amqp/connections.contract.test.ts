import { describe, expect, it } from 'vitest';
import {
  accepted,
  mapSectionOf,
  splitMessage,
  unwrap,
  wrapInt,
  wrapMap,
  wrapString,
  type Response,
} from '../../../../../local/broker/amqp/index.ts';
import {
  applicationPropertiesSection,
  bodyOf,
  encodeSection,
  joinMessage,
} from '../../../../../local/broker/amqp/codec/message.ts';
import {
  propertiesOf,
  propertiesSection,
} from '../../../../../local/broker/amqp/codec/properties.ts';
import { amqpHeader } from '../../../../../local/broker/amqp/state/handshake.ts';
import { RawClient } from './raw-client.ts';
import { messageOf, serve } from './scripted-endpoint.ts';

const saslHeader = Buffer.from('AMQP\u0003\u0001\u0000\u0000', 'latin1');

describe('Connections', () => {
  it.each(['ANONYMOUS', 'MSSBCBS'])('open behind the SASL mechanism %s', async (mechanism) => {
    const { port } = await serve({});
    const client = await RawClient.connect(port);
    client.expectHeader();
    client.sendBytes(saslHeader);
    expect((await client.next('sasl-mechanisms')).mechanisms).toContain(mechanism);
    client.send({ type: 'sasl-init', mechanism });
    expect((await client.next('sasl-outcome')).code).toBe(0);
    client.expectHeader();
    client.sendBytes(amqpHeader);
    client.send({ type: 'open', containerId: 'raw' });
    expect((await client.next('open')).maxFrameSize).toBe(65_536);
  });

  it('refuse a SASL mechanism that is not offered', async () => {
    const { port } = await serve({});
    const client = await RawClient.connect(port);
    client.expectHeader();
    client.sendBytes(saslHeader);
    await client.next('sasl-mechanisms');
    client.send({ type: 'sasl-init', mechanism: 'PLAIN' });
    expect((await client.next('sasl-outcome')).code).toBe(1);
    await client.closed();
  });

  it('let a client hear something within its idle time', async () => {
    const { port } = await serve({});
    const client = await RawClient.open(port, { idleTimeOut: 200 });
    const heartbeat = await client.nextFrame();
    expect(heartbeat.performative).toBeUndefined();
  });

  it('drop frames of sessions and links that are over', async () => {
    const { port, problems } = await serve({
      onOutgoing: (attach) =>
        void attach.accept({ onCredit: () => undefined, onDetached: () => undefined }),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.send({ type: 'end' });
    await client.next('end');
    const late = { role: 'receiver', first: 0, settled: true, outcome: accepted } as const;
    client.send({ type: 'disposition', ...late });
    client.send({ type: 'detach', handle: 0, closed: true });
    client.send({ type: 'transfer', handle: 0, deliveryId: 0 }, { payload: messageOf('late') });
    client.grant(1);
    client.send({ type: 'end' });
    await client.begin();
    client.grant(1, { handle: 5 });
    client.send({ type: 'detach', handle: 5, closed: true });
    client.send({ type: 'transfer', handle: 5, deliveryId: 0 }, { payload: messageOf('late') });
    client.attach('queue');
    expect((await client.next('attach')).role).toBe('sender');
    expect(problems).toEqual([]);
  });

  it('answer requests on the link that they name, whatever way it is named', async () => {
    const { port } = await serve({ requestHandler: echo });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('$management', { handle: 0, role: 'sender', initialDeliveryCount: 0 });
    await client.next('attach');
    await client.next('flow');
    client.attach('$management', { handle: 1, name: 'replies-by-name' });
    await client.next('attach');
    client.send(
      { type: 'transfer', handle: 0, deliveryId: 0, settled: true },
      { payload: requestOf('first', 'replies-by-name') },
    );
    client.send(
      { type: 'transfer', handle: 0, deliveryId: 1, settled: true },
      { payload: requestOf('lost', 'nobody') },
    );
    // The answer waits for credit.
    client.grant(1, { handle: 1 });
    const answer = await client.nextFrame();
    expect(answer.performative).toMatchObject({ type: 'transfer', handle: 1 });
    const message = splitMessage(answer.payload);
    if (!message.ok) throw new Error(message.problem);
    expect(propertiesOf(message.value).get('correlationId')?.value).toBe('first');
    expect(mapSectionOf(message.value, 'application-properties').get('status-code')?.value).toBe(
      200,
    );
    const body = bodyOf(message.value);
    expect(body === undefined || Buffer.isBuffer(body) ? body : unwrap(body)).toEqual(
      new Map([['operation', 'com.microsoft:peek']]),
    );
  });

  it('reject a request that is no message and answer the next one', async () => {
    const { port } = await serve({ requestHandler: echo });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('$management', { handle: 0, role: 'sender', initialDeliveryCount: 0 });
    await client.next('attach');
    await client.next('flow');
    const transfer = { type: 'transfer', handle: 0 } as const;
    client.send({ ...transfer, deliveryId: 0 }, { payload: Buffer.from('no message') });
    expect((await client.next('disposition')).outcome).toMatchObject({
      type: 'rejected',
      error: { condition: 'amqp:decode-error' },
    });
    client.send({ ...transfer, deliveryId: 1 }, { payload: requestOf('second', 'nobody') });
    expect((await client.next('disposition')).outcome).toEqual(accepted);
  });

  it('close the request link when its handler fails, and nothing else', async () => {
    const { port, problems } = await serve({
      requestHandler: () => Promise.reject(new Error('handler is broken')),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('$management', { handle: 0, role: 'sender', initialDeliveryCount: 0 });
    await client.next('attach');
    await client.next('flow');
    client.send(
      { type: 'transfer', handle: 0, deliveryId: 0, settled: true },
      { payload: requestOf('first', 'nobody') },
    );
    expect((await client.next('detach')).error?.condition).toBe('amqp:internal-error');
    expect(problems).toMatchObject([{ fault: 'bug' }]);
    client.send({ type: 'close' });
    await client.next('close');
  });

  it('are closed by a bug in the endpoint, which is reported', async () => {
    const { port, problems } = await serve({
      onOutgoing: () => {
        throw new Error('endpoint is broken');
      },
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    expect((await client.next('close')).error?.condition).toBe('amqp:internal-error');
    await client.closed();
    expect(problems).toMatchObject([{ fault: 'bug' }]);
    const other = await RawClient.open(port);
    await other.begin();
  });

  it('do not hold up the end of the broker when a client does not read', async () => {
    const payload = messageOf('x'.repeat(1_000_000));
    const { port, close } = await serve({
      onOutgoing: (attach) =>
        void attach.accept({
          onCredit: (link) => {
            while (link.credit > 0) link.send({ tag: Buffer.from('t'), payload, settled: true });
          },
          onDetached: () => undefined,
        }),
    });
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('queue');
    client.grant(30);
    await client.next('attach');
    client.stopReading();
    await close();
  });
});

/** Answers with the operation that was asked for. */
function echo({
  applicationProperties,
}: {
  applicationProperties: ReadonlyMap<string, unknown>;
}): Response {
  const operation = applicationProperties.get('operation') as ReturnType<typeof wrapString>;
  return {
    applicationProperties: new Map([['status-code', wrapInt(200)]]),
    body: wrapMap([['operation', operation]]),
  };
}

function requestOf(messageId: string, replyTo: string): Buffer {
  return joinMessage([
    propertiesSection(
      new Map([
        ['messageId', wrapString(messageId)],
        ['replyTo', wrapString(replyTo)],
      ]),
    ),
    applicationPropertiesSection(new Map([['operation', wrapString('com.microsoft:peek')]])),
    encodeSection('value', wrapString('body')),
  ]);
}
