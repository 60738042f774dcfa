import { describe, expect, it } from 'vitest';
import rhea from 'rhea';
import {
  annotationsSection,
  bodyOf,
  dataOf,
  encodeSection,
  joinMessage,
  mapSectionOf,
  replaceSections,
  splitMessage,
  type RawMessage,
} from '../../../../../../local/broker/amqp/codec/message.ts';
import {
  headerOf,
  plainProperty,
  propertiesOf,
  propertiesSection,
} from '../../../../../../local/broker/amqp/codec/properties.ts';
import {
  unwrap,
  wrapBinary,
  wrapList,
  wrapString,
} from '../../../../../../local/broker/amqp/codec/typed.ts';

function split(bytes: Buffer): RawMessage {
  const message = splitMessage(bytes);
  if (!message.ok) throw new Error(message.problem);
  return message.value;
}

/** Written by rhea, as the client libraries write. */
const sent = rhea.message.encode({
  durable: true,
  ttl: 5000,
  message_id: 'id-1',
  content_type: 'application/json',
  group_id: 'session-1',
  message_annotations: { 'x-opt-partition-key': 'key' },
  application_properties: { text: 'a', whole: 3 },
  body: rhea.message.data_section(Buffer.from('{"a":1}')) as unknown,
});

describe('Messages', () => {
  it('are split into the sections that a client wrote', () => {
    const message = split(sent);
    expect(message.map((section) => section.kind)).toEqual([
      'header',
      'message-annotations',
      'properties',
      'application-properties',
      'data',
    ]);
    const annotations = mapSectionOf(message, 'message-annotations');
    expect(annotations.get('x-opt-partition-key')?.value).toBe('key');
    expect(headerOf(message).get('ttl')?.value).toBe(5000);
    expect(plainProperty(propertiesOf(message), 'messageId')).toBe('id-1');
    expect(plainProperty(propertiesOf(message), 'groupId')).toBe('session-1');
    expect(plainProperty(propertiesOf(message), 'subject')).toBeUndefined();
    expect(bodyOf(message)).toEqual(Buffer.from('{"a":1}'));
  });

  it('are read by a client after a section has been replaced', () => {
    const properties = new Map(propertiesOf(split(sent)));
    properties.set('messageId', wrapString('id-2'));
    const changed = replaceSections(
      split(sent),
      new Map([
        ['properties', [propertiesSection(properties)]],
        [
          'message-annotations',
          [annotationsSection('message-annotations', new Map([['x', wrapString('y')]]))],
        ],
        ['header', []],
      ]),
    );
    expect(rhea.message.decode(joinMessage(changed))).toMatchObject({
      message_id: 'id-2',
      content_type: 'application/json',
      message_annotations: { x: 'y' },
      application_properties: { text: 'a', whole: 3 },
    });
  });

  it('may name their sections by symbols', () => {
    const symbolic = Buffer.concat([
      Buffer.from([0x00, 0xa3, 16]),
      Buffer.from('amqp:data:binary'),
      Buffer.from([0xa0, 1, 7]),
    ]);
    expect(dataOf(split(symbolic))).toEqual([Buffer.from([7])]);
  });

  it('may have a value, or several data sections, for a body', () => {
    const value = bodyOf([encodeSection('value', wrapString('text'))]);
    expect(Buffer.isBuffer(value) || value === undefined ? value : unwrap(value)).toBe('text');
    const data = ['a', 'b'].map((text) => encodeSection('data', wrapBinary(Buffer.from(text))));
    expect(bodyOf(data)).toEqual(Buffer.from('ab'));
    expect(bodyOf([encodeSection('sequence', wrapList([]))])).toBeUndefined();
  });

  it.each([
    ['bytes that are no section', '40'],
    ['a section that does not exist', '00539945'],
    ['a section that ends too early', '005375a005'],
  ])('are refused: %s', (_title, hex) => {
    expect(splitMessage(Buffer.from(hex, 'hex')).ok).toBe(false);
  });

  it('with map sections of another type have no entries', () => {
    const message = [encodeSection('application-properties', wrapString('no map'))];
    expect(mapSectionOf(message, 'application-properties').size).toBe(0);
  });
});
