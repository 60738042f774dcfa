import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../../../shared/kernel/time.ts';
import { readEventGridBlob } from '../../../../../shared/messaging/dead-letters/event-grid-codec.ts';

const path = 'deadletter/TOPIC/SUBSCRIPTION/2026/11/21/8/x.json';
const readAt = epochMs(Date.UTC(2026, 10, 21));
const read = (content: string | Uint8Array) =>
  readEventGridBlob({ path, bytes: Buffer.from(content), readAt });

describe('reading a blob of Event Grid', () => {
  it('takes each event as it stands there, with why and how often it failed', () => {
    const big =
      '{"specversion":"1.0","id":"a","n":12345678901234567890,"deadletterreason":"MaxDeliveryAttemptsExceeded","deliveryattempts":30,"lastdeliveryoutcome":"NotFound"}';
    const camel = '{"id":"b","deadLetterReason":"TimeToLiveExceeded","deliveryAttempts":7}';
    const [first, second, ...others] = read(`\ufeff [ ${big} , ${camel} ]`);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      sequenceNumber: 0,
      origin: 'eventgrid/TOPIC/SUBSCRIPTION',
      stage: 'deliver',
      offset: path,
      deliveryCount: 30,
      contentType: 'application/cloudevents+json',
      rejection: {
        category: 'processing',
        violations: [
          {
            code: 'eventgrid.MaxDeliveryAttemptsExceeded',
            detail: 'MaxDeliveryAttemptsExceeded: last delivery NotFound',
          },
        ],
      },
    });
    expect(Buffer.from(first?.body ?? []).toString()).toBe(big);
    expect(second).toMatchObject({
      sequenceNumber: 1,
      deliveryCount: 7,
      contentType: 'application/json',
      rejection: { category: 'timeout', violations: [{ code: 'eventgrid.TimeToLiveExceeded' }] },
    });
  });

  it('takes a last delivery that timed out for a timeout', () => {
    const [letter] = read('[{"deadletterreason":"X","lastdeliveryoutcome":"TimedOut"}]');
    expect(letter?.rejection.category).toBe('timeout');
  });

  it('finds nothing in an empty array', () => {
    expect(read('[]')).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['bytes that are no text', Buffer.of(0x5b, 0xff, 0x5d)],
    ['an object', '{}'],
    ['an array that ends too early', '[{"id":1},'],
    ['more events than Event Grid writes', `[${'1,'.repeat(5_000)}1]`],
  ])('is one dead letter whole when it is %s', (_, content) => {
    const [letter, ...others] = read(content);
    expect(others).toEqual([]);
    expect(letter?.rejection.violations[0].code).toBe('eventgrid.unreadable');
    expect(Buffer.from(letter?.body ?? [])).toEqual(Buffer.from(content));
  });

  it.each([
    ['no object', '[1,null,"x",[]]', 4],
    ['one without a reason', '[{}]', 1],
    ['one with a reason of another kind', '[{"deadletterreason":{},"deliveryattempts":-1}]', 1],
    ['one that nests deep', `[${'['.repeat(50_000)}${']'.repeat(50_000)}]`, 1],
  ])('makes a dead letter of an event that is %s', (_, content, count) => {
    const letters = read(content);
    expect(letters).toHaveLength(count);
    for (const { rejection, deliveryCount } of letters) {
      expect(rejection.violations[0].code).toBe('eventgrid.reason_missing');
      expect(deliveryCount).toBeNull();
    }
  });

  it('gives an event the same position when the blob is read again, and another one otherwise', () => {
    const position = (content: string) => read(content).map(({ author }) => author);
    expect(position('[1]')).toEqual(position('[1]'));
    expect(position('[1]')).not.toEqual(position('[2]'));
  });
});
