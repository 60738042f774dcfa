import { describe, expect, it } from 'vitest';
import { toBusMessage, toBusMessages, toHubDelivery } from '../../../functions/host-shapes.ts';
import { createHostLibrary, type TypedData } from '../../support/host-library.ts';

const library = createHostLibrary();
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) });
const strings = (...string: string[]): TypedData => ({ collectionString: { string } });
const numbers = (...sint64: unknown[]): TypedData => ({ collectionSint64: { sint64 } });
const bytes = (...list: Uint8Array[]): TypedData => ({ collectionBytes: { bytes: list } });

/** As the Event Hubs extension sends it: .NET names, times without an offset, JSON for the rest. */
const hubInvocation = {
  input: bytes(text('{"a":1.0}'), Uint8Array.of(0xff, 0x00)),
  metadata: {
    PartitionContext: json({ PartitionId: '3', ConsumerGroup: 'cg', EventHubName: 'events' }),
    SequenceNumberArray: numbers(41, 42),
    OffsetArray: strings('1024', '2048'),
    EnqueuedTimeUtcArray: json(['2026-11-21T03:04:05.1234567', '2026-11-21T03:04:06Z']),
    PartitionKeyArray: strings('', 'key'),
    PropertiesArray: json([{ 'cloudEvents:id': '1', Foo: 'x' }, {}]),
    SystemPropertiesArray: json([
      { 'content-type': 'application/json', SequenceNumber: 41 },
      { SequenceNumber: 42 },
    ]),
  },
};

const busInvocation = {
  input: bytes(text('one'), text('two')),
  metadata: {
    SequenceNumberArray: numbers(7, 8),
    EnqueuedTimeUtcArray: json(['2026-11-21T03:04:05', '2026-11-21T03:04:06']),
    ApplicationPropertiesArray: json([{ 'cloudEvents:type': 't' }, {}]),
    ContentTypeArray: strings('application/json', ''),
    SessionIdArray: strings('1024', ''),
    PartitionKeyArray: strings('', 'key'),
  },
};

async function hubDelivery(metadata: Record<string, TypedData> = {}) {
  const invocation = { ...hubInvocation, metadata: { ...hubInvocation.metadata, ...metadata } };
  const args = await library.argumentsOf(invocation);
  return toHubDelivery(args.input, args.metadata);
}

describe('toHubDelivery', () => {
  it('keeps bytes as they are and gives each message its own position and properties', async () => {
    const { partitionId, messages } = await hubDelivery();
    expect(partitionId).toBe('3');
    expect(messages).toEqual([
      {
        sequenceNumber: 41,
        offset: '1024',
        enqueuedAt: Date.UTC(2026, 10, 21, 3, 4, 5, 123),
        contentType: 'application/json',
        properties: new Map([
          ['cloudEvents:id', '1'],
          // The library lower-cases the first letter of every name.
          ['foo', 'x'],
        ]),
        body: Buffer.from('{"a":1.0}'),
      },
      {
        sequenceNumber: 42,
        offset: '2048',
        enqueuedAt: Date.UTC(2026, 10, 21, 3, 4, 6),
        contentType: undefined,
        properties: new Map(),
        body: Buffer.of(0xff, 0x00),
      },
    ]);
  });

  it('takes a time without an offset for UTC wherever it runs', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Auckland';
    try {
      const { messages } = await hubDelivery();
      expect(messages[0]?.enqueuedAt).toBe(Date.UTC(2026, 10, 21, 3, 4, 5, 123));
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('reads 64-bit numbers in every spelling that a worker has for them', async () => {
    const long = { low: -1, high: 1, unsigned: false };
    const { messages } = await hubDelivery({ SequenceNumberArray: numbers(long, '42') });
    expect(messages.map(({ sequenceNumber }) => sequenceNumber)).toEqual([2 ** 33 - 1, 42]);
  });

  it('reads the partition context under its newer name too', async () => {
    const { PartitionContext, ...metadata } = hubInvocation.metadata;
    const args = await library.argumentsOf({
      ...hubInvocation,
      metadata: { ...metadata, TriggerPartitionContext: PartitionContext },
    });
    expect(toHubDelivery(args.input, args.metadata).partitionId).toBe('3');
  });

  it('does not let a property name reach a prototype', async () => {
    const propertiesArray = '[{"__proto__":{"polluted":1},"constructor":"x"},{}]';
    const { messages } = await hubDelivery({ PropertiesArray: { json: propertiesArray } });
    expect(messages[0]?.properties.get('constructor')).toBe('x');
    expect(messages[0]?.properties.has('polluted')).toBe(false);
    expect({}).not.toHaveProperty('polluted');
  });

  it.each<[string, Record<string, TypedData>]>([
    ['fewer sequence numbers than messages', { SequenceNumberArray: numbers(41) }],
    ['a sequence number that is none', { SequenceNumberArray: json([41, null]) }],
    ['a time that is none', { EnqueuedTimeUtcArray: json(['yesterday', 'today']) }],
    ['no partition', { PartitionContext: json({}) }],
  ])('refuses %s', async (_, metadata) => {
    await expect(hubDelivery(metadata)).rejects.toMatchObject({ code: 'bug', kind: 'permanent' });
  });

  it('refuses a parsed object in place of bytes', () => {
    expect(() => toHubDelivery([{ a: 1 }], {})).toThrow(/dataType must be binary/);
  });
});

describe('toBusMessages', () => {
  it('gives each message its own content type, session and key', async () => {
    const args = await library.argumentsOf(busInvocation);
    expect(toBusMessages(args.input, args.metadata)).toEqual([
      {
        sequenceNumber: 7,
        enqueuedAt: Date.UTC(2026, 10, 21, 3, 4, 5),
        contentType: 'application/json',
        sessionId: '1024',
        partitionKey: undefined,
        properties: new Map([['cloudEvents:type', 't']]),
        body: Buffer.from('one'),
      },
      {
        sequenceNumber: 8,
        enqueuedAt: Date.UTC(2026, 10, 21, 3, 4, 6),
        contentType: undefined,
        sessionId: undefined,
        partitionKey: 'key',
        properties: new Map(),
        body: Buffer.from('two'),
      },
    ]);
  });

  it('never gives a message the content type of another when the host has dropped empty ones', async () => {
    const metadata = { ...busInvocation.metadata, ContentTypeArray: strings('text/plain') };
    const args = await library.argumentsOf({ ...busInvocation, metadata });
    const messages = toBusMessages(args.input, args.metadata);
    expect(messages.map(({ contentType }) => contentType)).toEqual([undefined, undefined]);
  });
});

describe('toBusMessage', () => {
  it('reads a single message', async () => {
    const args = await library.argumentsOf({
      input: { bytes: text('order') },
      metadata: {
        SequenceNumber: json(9),
        EnqueuedTimeUtc: { string: '2026-11-21T03:04:05' },
        ContentType: { string: 'application/json' },
        SessionId: { string: 'SO-1' },
        ApplicationProperties: json({ Kind: 'x' }),
      },
    });
    expect(toBusMessage(args.input, args.metadata)).toEqual({
      sequenceNumber: 9,
      enqueuedAt: Date.UTC(2026, 10, 21, 3, 4, 5),
      contentType: 'application/json',
      sessionId: 'SO-1',
      partitionKey: undefined,
      properties: new Map([['kind', 'x']]),
      body: Buffer.from('order'),
    });
  });
});
