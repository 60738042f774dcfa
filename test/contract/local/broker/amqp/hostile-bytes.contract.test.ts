import { describe, expect, it } from 'vitest';
import { amqpHeader } from '../../../../../local/broker/amqp/state/handshake.ts';
import { startHub, readEvents } from '../eventhubs/hub-fixture.ts';
import { RawClient } from './raw-client.ts';

/** A frame around these bytes, on channel 0. */
function frameOf(body: Buffer): Buffer {
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]), body]);
  frame.writeUInt32BE(frame.length, 0);
  return frame;
}

/** An attach whose fields are these bytes. */
function attachOf(fields: Buffer): Buffer {
  return frameOf(Buffer.concat([Buffer.from([0x00, 0x53, 0x12]), fields]));
}

const beforeOpen: readonly (readonly [string, Buffer])[] = [
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
  ['the header of AMQP 0-9-1', Buffer.from('AMQP\u0000\u0000\u0009\u0001', 'latin1')],
  ['zeros', Buffer.alloc(64)],
];

const afterOpen: readonly (readonly [string, Buffer])[] = [
  ['a frame of no size', Buffer.alloc(8)],
  ['a frame of four gigabytes', Buffer.from('ffffffff02000000', 'hex')],
  ['a frame with its body before its start', Buffer.from('0000000801000000', 'hex')],
  ['a frame of an unknown type', Buffer.from('0000000802070000', 'hex')],
  ['a body that is no value', frameOf(Buffer.from([0xff, 0xff, 0xff]))],
  ['a performative that does not exist', frameOf(Buffer.from([0x00, 0x53, 0x99, 0x45]))],
  ['a begin without its fields', frameOf(Buffer.from([0x00, 0x53, 0x11, 0x45]))],
  [
    'a begin with text for numbers',
    frameOf(Buffer.from('005311c0090440a10178a10178a10178', 'hex')),
  ],
  [
    'an attach without a session',
    attachOf(Buffer.from('c00703a1016143 41'.replace(' ', ''), 'hex')),
  ],
  ['a list of four billion items', attachOf(Buffer.from('d000000008ffffffff40404040', 'hex'))],
  ['an array of four billion nulls', attachOf(Buffer.from('c00a01f000000005ffffffff40', 'hex'))],
  ['values nested without end', attachOf(nest(20_000))],
  ['a second open', frameOf(Buffer.from('005310c00301a100', 'hex'))],
  ['a SASL frame', Buffer.from('0000000802010000', 'hex')],
];

function nest(depth: number): Buffer {
  return Buffer.alloc(depth, Buffer.from([0x00]));
}

describe('Hostile bytes', () => {
  it.each([...beforeOpen, ...afterOpen])(
    'cost their sender its connection: %s',
    async (title, bytes) => {
      const hub = await startHub();
      const port = Number(/:(\d+);/.exec(hub.connection)?.[1]);
      const producer = hub.producer();
      await producer.sendBatch([{ body: 'before' }], { partitionId: '0' });

      const isOpen = afterOpen.some(([name]) => name === title);
      const client = isOpen ? await RawClient.open(port) : await RawClient.connect(port);
      if (!isOpen) client.expectHeader();
      client.sendBytes(bytes);
      await client.closed();

      expect(hub.problems).toMatchObject([{ fault: 'peer' }]);
      await producer.sendBatch([{ body: 'after' }], { partitionId: '0' });
      const request = { partitionId: '0', position: { offset: '-1' }, count: 2 };
      const events = await readEvents(hub.consumer(), request);
      expect(events.map((event) => String(event.body))).toEqual(['before', 'after']);
    },
  );

  it('in a message cost their sender the message alone', async () => {
    const hub = await startHub();
    const port = Number(/:(\d+);/.exec(hub.connection)?.[1]);
    const client = await RawClient.open(port);
    await client.begin();
    client.attach('events/Partitions/0', { role: 'sender', initialDeliveryCount: 0 });
    await client.next('attach');
    await client.next('flow');
    const payloads = [
      Buffer.alloc(0),
      Buffer.from('no message'),
      Buffer.from('005375b0ffffffff', 'hex'),
      Buffer.from('005372f000000005ffffffff40', 'hex'),
    ];
    for (const [deliveryId, payload] of payloads.entries()) {
      for (const messageFormat of [0x80013700, 0, 77]) {
        const id = deliveryId * 3 + [0x80013700, 0, 77].indexOf(messageFormat);
        client.send({ type: 'transfer', handle: 0, deliveryId: id, messageFormat }, { payload });
        const { outcome } = await client.next('disposition');
        const isEmptyMessage = messageFormat === 0 && payload.length === 0;
        expect(outcome?.type).toBe(isEmptyMessage ? 'accepted' : 'rejected');
      }
    }
  });

  it('in random order never stop the broker', async () => {
    const hub = await startHub();
    const port = Number(/:(\d+);/.exec(hub.connection)?.[1]);
    let state = 42;
    const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16;
    for (let round = 0; round < 40; round++) {
      const client = await RawClient.connect(port);
      client.expectHeader();
      client.sendBytes(amqpHeader);
      const body = Buffer.from(Array.from({ length: random() % 200 }, () => random() & 0xff));
      client.sendBytes(frameOf(body));
      client.sendBytes(Buffer.from(Array.from({ length: 32 }, () => random() & 0xff)));
      await client.closed();
    }
    await hub.producer().sendBatch([{ body: 'still there' }], { partitionId: '0' });
    expect(hub.problems.filter((problem) => problem.fault === 'bug')).toEqual([]);
  });
});
