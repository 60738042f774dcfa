import { describe, expect, it } from 'vitest';
import {
  annotationsSection,
  applicationPropertiesSection,
  batchMessageFormat,
  encodeSection,
  headerSection,
  joinMessage,
  mapSectionOf,
  propertiesOf,
  propertiesSection,
  splitMessage,
  typedNull,
  unwrap,
  wrapBinary,
  wrapDouble,
  wrapInt,
  wrapList,
  wrapLong,
  wrapString,
  wrapSymbol,
  wrapTimestamp,
  wrapUint,
  wrapUlong,
  wrapUuid,
  type RawMessage,
  type Section,
} from '../../../../../../local/broker/amqp/index.ts';
import {
  decodeMessage,
  decodeTransfer,
} from '../../../../../../local/broker/servicebus/codec/decode-message.ts';
import { encodeMessage } from '../../../../../../local/broker/servicebus/codec/encode-message.ts';
import {
  withProperties,
  type Message,
  type StoredMessage,
} from '../../../../../../local/broker/servicebus/state/message.ts';
import { at, noon, valuesOf } from '../messages.ts';

const ids = { newId: () => 'new-id' };
const body = encodeSection('data', wrapBinary(Buffer.from('body')));

function decode(...sections: Section[]): Message {
  const message = decodeMessage(joinMessage(sections), ids);
  if (!message.ok) throw new Error(message.problem);
  return message.value;
}

function store(message: Message, changes: Partial<StoredMessage> = {}): StoredMessage {
  return {
    sequenceNumber: 7,
    enqueuedSequenceNumber: 3,
    enqueuedAt: noon,
    expiresAt: undefined,
    deadLetterSource: undefined,
    hops: 0,
    message,
    state: 'active',
    deliveryCount: 2,
    lockToken: undefined,
    ...changes,
  };
}

function encode(stored: StoredMessage, options = {}): RawMessage {
  const raw = splitMessage(encodeMessage(stored, options));
  if (!raw.ok) throw new Error(raw.problem);
  return raw.value;
}

function bytesOf(raw: RawMessage, kind: Section['kind']): Buffer | undefined {
  return raw.find((section) => section.kind === kind)?.bytes;
}

function plain(raw: RawMessage, kind: 'message-annotations' | 'application-properties') {
  return Object.fromEntries(
    [...mapSectionOf(raw, kind)].map(([name, value]) => [name, unwrap(value)]),
  );
}

describe('Decoding a message', () => {
  it('reads what queues and rules go by', () => {
    const message = decode(
      headerSection(new Map([['ttl', wrapUint(5000)]])),
      annotationsSection(
        'message-annotations',
        new Map([
          ['x-opt-partition-key', wrapString('p')],
          ['x-opt-scheduled-enqueue-time', wrapTimestamp(at(1000))],
        ]),
      ),
      propertiesSection(
        new Map([
          ['messageId', wrapString('m')],
          ['correlationId', wrapUlong(12)],
          ['groupId', wrapString('s')],
          ['contentType', wrapSymbol('text/plain')],
        ]),
      ),
      body,
    );
    expect(message.system).toEqual({
      messageId: 'm',
      correlationId: '12',
      to: undefined,
      replyTo: undefined,
      subject: undefined,
      sessionId: 's',
      replyToSessionId: undefined,
      contentType: 'text/plain',
      partitionKey: 'p',
    });
    expect(message.timeToLive).toBe(5000);
    expect(message.scheduledAt).toBe(at(1000));
  });

  it('tells integers from floating point numbers and knows uuids as text', () => {
    const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
    const message = decode(
      applicationPropertiesSection(
        new Map([
          ['int', wrapInt(-5)],
          ['long', wrapLong(2n ** 60n)],
          ['double', wrapDouble(5)],
          ['when', wrapTimestamp(at(0))],
          ['uuid', wrapUuid(uuid)],
          ['bytes', wrapBinary(Buffer.from([1]))],
          ['__proto__', wrapString('own')],
        ]),
      ),
      body,
    );
    expect([...message.properties].map(([name, { value }]) => [name, value])).toEqual([
      ['int', -5n],
      ['long', 2n ** 60n],
      ['double', 5],
      ['when', new Date(noon)],
      ['uuid', '00112233-4455-6677-8899-aabbccddeeff'],
      ['bytes', Buffer.from([1])],
      ['__proto__', 'own'],
    ]);
  });

  it('takes a batch apart, all of it or nothing', () => {
    const item = (id: string): Section =>
      encodeSection(
        'data',
        wrapBinary(
          joinMessage([propertiesSection(new Map([['messageId', wrapString(id)]])), body]),
        ),
      );
    const batch = decodeTransfer(
      { format: batchMessageFormat, payload: joinMessage([item('a'), item('b')]) },
      ids,
    );
    expect(batch.ok && batch.value.map(({ system }) => system.messageId)).toEqual(['a', 'b']);
    const broken = encodeSection('data', wrapBinary(Buffer.from('not a message')));
    const payload = joinMessage([item('a'), broken]);
    expect(decodeTransfer({ format: batchMessageFormat, payload }, ids).ok).toBe(false);
  });

  it('refuses bytes that are no message', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('x'), Buffer.from([0, 0x53, 0x75])]) {
      expect(decodeTransfer({ format: 0, payload: bytes }, ids).ok).toBe(false);
    }
  });
});

describe('Encoding a message', () => {
  it('passes on what nobody changed byte for byte and says what only the broker knows', () => {
    const properties = propertiesSection(new Map([['messageId', wrapUlong(12)]]));
    const application = applicationPropertiesSection(new Map([['n', wrapInt(1)]]));
    const message = decode(properties, application, body);
    const raw = encode(store(message), { lockedUntil: at(60_000) });
    expect(bytesOf(raw, 'properties')).toEqual(properties.bytes);
    expect(bytesOf(raw, 'application-properties')).toEqual(application.bytes);
    expect(bytesOf(raw, 'data')).toEqual(body.bytes);
    expect(plain(raw, 'message-annotations')).toEqual({
      'x-opt-sequence-number': 7,
      'x-opt-enqueue-sequence-number': 3,
      'x-opt-enqueued-time': new Date(noon),
      'x-opt-message-state': 0,
      'x-opt-locked-until': new Date(at(60_000)),
    });
  });

  it('drops what a producer claims in the name of the broker, and delivery annotations', () => {
    const forged = new Map([
      ['x-opt-sequence-number', wrapLong(999)],
      ['x-opt-deadletter-source', wrapString('forged')],
      ['x-opt-locked-until', wrapTimestamp(0)],
      ['x-mine', wrapString('kept')],
    ]);
    const message = decode(
      annotationsSection('delivery-annotations', forged),
      annotationsSection('message-annotations', forged),
      body,
    );
    const raw = encode(store(message));
    expect(plain(raw, 'message-annotations')).toMatchObject({
      'x-opt-sequence-number': 7,
      'x-mine': 'kept',
    });
    expect(plain(raw, 'message-annotations')).not.toHaveProperty('x-opt-deadletter-source');
    expect(plain(raw, 'message-annotations')).not.toHaveProperty('x-opt-locked-until');
    expect(bytesOf(raw, 'delivery-annotations')).toBeUndefined();
  });

  it('writes the id that the broker gave beside the other properties', () => {
    const message = decode(propertiesSection(new Map([['correlationId', wrapUlong(9)]])), body);
    const fields = propertiesOf(encode(store(message)));
    expect(fields.get('messageId')).toEqual(wrapString('new-id'));
    expect(fields.get('correlationId')?.value).toBe(9);
  });

  it('changes only the properties that were changed, and keeps the type of the others', () => {
    const message = decode(
      applicationPropertiesSection(
        new Map([
          ['small', wrapInt(1)],
          ['changed', wrapInt(2)],
        ]),
      ),
      body,
    );
    const changed = withProperties(
      message,
      new Map([
        ['changed', { value: 'new' }],
        ['added', { value: 5n }],
      ]),
    );
    const entries = mapSectionOf(encode(store(changed)), 'application-properties');
    const codes = [...entries].map(([name, value]) => [name, value.type.name, unwrap(value)]);
    expect(codes).toEqual([
      ['small', wrapInt(1).type.name, 1],
      ['changed', wrapString('new').type.name, 'new'],
      ['added', 'SmallLong', 5],
    ]);
    expect(valuesOf(message)).toEqual({ small: 1n, changed: 2n });
  });

  it('sets and removes system properties that a rule changed', () => {
    const message = decode(
      propertiesSection(
        new Map([
          ['messageId', wrapString('m')],
          ['subject', wrapString('old')],
          ['to', wrapString('gone')],
        ]),
      ),
      body,
    );
    const system = {
      ...message.system,
      subject: 'new',
      to: undefined,
      contentType: 'a/b',
      partitionKey: 'key',
    };
    const raw = encode(store({ ...message, system }));
    const fields = [...propertiesOf(raw)].map(([name, value]) => [name, unwrap(value)]);
    expect(Object.fromEntries(fields)).toEqual({
      messageId: 'm',
      subject: 'new',
      contentType: 'a/b',
    });
    expect(plain(raw, 'message-annotations')).toMatchObject({ 'x-opt-partition-key': 'key' });
  });

  it('leaves the body out where only the rest is wanted', () => {
    const raw = encode(store(decode(body)), { omitBody: true });
    expect(bytesOf(raw, 'data')?.length).toBeLessThan(body.bytes.length);
  });
});

describe('A message with values that make no sense', () => {
  const header = joinMessage([
    encodeSection('header', wrapList([typedNull, typedNull, wrapInt(-1)])),
    body,
  ]);

  it('has no time to live if that is negative', () => {
    const message = decodeMessage(header, ids);
    expect(message.ok && message.value.timeToLive).toBeUndefined();
  });

  it('is not scheduled for an instant that no calendar has, and rules see no such instant', () => {
    const beyond = wrapLong(2n ** 62n);
    const timestamp = { ...beyond, type: { ...beyond.type, typecode: 0x83 } };
    const message = decode(
      annotationsSection(
        'message-annotations',
        new Map([['x-opt-scheduled-enqueue-time', timestamp]]),
      ),
      applicationPropertiesSection(new Map([['when', timestamp]])),
      body,
    );
    expect(message.scheduledAt).toBeUndefined();
    expect(valuesOf(message)).toEqual({ when: null });
    expect(() => encode(store(message))).not.toThrow();
  });
});
