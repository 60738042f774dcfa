import { describe, expect, it } from 'vitest';
import { parsePosition } from '../../../../../local/broker/eventhubs/position-filter.ts';

describe('The selector of a reader', () => {
  it.each([
    ["amqp.annotation.x-opt-offset > '-1'", { by: 'start' }],
    ["amqp.annotation.x-opt-offset >= '-1'", { by: 'start' }],
    ["amqp.annotation.x-opt-offset > '@latest'", { by: 'end', isInclusive: false }],
    ["amqp.annotation.x-opt-offset >= '@latest'", { by: 'end', isInclusive: true }],
    ["amqp.annotation.x-opt-offset > '4096'", { by: 'offset', value: 4096, isInclusive: false }],
    [
      "amqp.annotation.x-opt-sequence-number >= '0'",
      { by: 'sequence-number', value: 0, isInclusive: true },
    ],
    [
      "amqp.annotation.x-opt-enqueued-time > '1750000000000'",
      { by: 'enqueued-time', value: 1_750_000_000_000, isInclusive: false },
    ],
  ])('is read: %s', (selector, position) => {
    expect(parsePosition(selector)).toEqual({ ok: true, value: position });
  });

  it.each([
    '',
    "amqp.annotation.x-opt-sequence-number > '@latest'",
    "amqp.annotation.x-opt-offset = '1'",
    "amqp.annotation.x-opt-offset > '1' OR 1=1",
    "amqp.annotation.x-opt-offset > 'abc'",
    "amqp.annotation.x-opt-sequence-number > '99999999999999999999'",
    'amqp.annotation.x-opt-offset > 1',
    "x-opt-offset > '1'",
  ])('is refused with a reason: %s', (selector) => {
    const position = parsePosition(selector);
    expect(position.ok ? '' : position.problem).not.toBe('');
  });
});
