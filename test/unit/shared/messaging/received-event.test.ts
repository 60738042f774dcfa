import type { ReceivedEventData } from '@azure/event-hubs';
import { describe, expect, it } from 'vitest';
import { toHubMessage } from '../../../../shared/messaging/received-event.ts';

const withProperties = (applicationProperties?: Record<string, unknown>): ReceivedEventData => ({
  ...received,
  getRawAmqpMessage: () => ({
    body: received.body,
    ...(applicationProperties && { applicationProperties }),
  }),
});

const received = {
  body: Buffer.from('{"a":1.0}'),
  contentType: 'application/json',
  sequenceNumber: 7,
  offset: '4096',
  enqueuedTimeUtc: new Date('2026-11-21T03:04:05.123Z'),
  partitionKey: null,
  getRawAmqpMessage: () => ({ body: undefined }),
} satisfies ReceivedEventData;

describe('toHubMessage', () => {
  it('spells names and values as the trigger would', () => {
    const properties = {
      Foo: 'x',
      'cloudEvents:time': new Date('2026-11-21T03:04:05Z'),
      blob: Buffer.of(1, 2),
      count: 3,
    };
    expect(toHubMessage(withProperties(properties)).properties).toEqual(
      new Map<string, unknown>([
        ['foo', 'x'],
        ['cloudEvents:time', '2026-11-21T03:04:05.000Z'],
        ['blob', 'AQI='],
        ['count', 3],
      ]),
    );
  });

  it('keeps the position and the bytes', () => {
    expect(toHubMessage(withProperties())).toEqual({
      sequenceNumber: 7,
      offset: '4096',
      enqueuedAt: Date.UTC(2026, 10, 21, 3, 4, 5, 123),
      contentType: 'application/json',
      properties: new Map(),
      body: received.body,
    });
  });

  it.each([
    [undefined, ''],
    [null, ''],
    ['text', 'text'],
    [{ a: 1 }, '{"a":1}'],
    [[1, 'x'], '[1,"x"]'],
  ])('has bytes for a body without any: %j', (body, expected) => {
    expect(Buffer.from(toHubMessage({ ...received, body }).body).toString()).toBe(expected);
  });
});
