import { describe, expect, it } from 'vitest';
import { eventTypeOf } from '../../../../shared/messaging/event-type.ts';

const typeOf = (
  body: string | Uint8Array,
  properties: readonly (readonly [string, unknown])[] = [],
) => eventTypeOf({ properties: new Map(properties), body: Buffer.from(body) });

describe('the event type that a message says', () => {
  it('is in the body or, in binary mode, among the properties', () => {
    expect(typeOf('{"type":"erp.order"}')).toBe('erp.order');
    expect(typeOf('{"amount":1}', [['cloudEvents:type', 'erp.order']])).toBe('erp.order');
    expect(typeOf('{"type":"data"}', [['ce-type', 'erp.order']])).toBe('erp.order');
  });

  it('is short and well-formed, or unreadable, whatever a producer sends', () => {
    for (const body of ['', 'null', '[]', '{"type":7}', '{"type":""}', '{"type":', '"type"']) {
      expect(typeOf(body)).toBe('unreadable');
    }
    expect(typeOf(Uint8Array.of(0xff, 0xfe))).toBe('unreadable');
    expect(typeOf('{}', [['ce-type', { evil: true }]])).toBe('unreadable');
    expect(typeOf('{"__proto__":{"type":"x"}}')).toBe('unreadable');
    const long = typeOf(JSON.stringify({ type: '\ud800'.repeat(9_000) }));
    expect(long).toHaveLength(256);
    expect(long.isWellFormed()).toBe(true);
  });
});
