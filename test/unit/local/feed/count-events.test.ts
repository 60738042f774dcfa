import { describe, expect, it } from 'vitest';
import { countEvents } from '../../../../local/feed/count-events.ts';
import { parseFeed } from '../../../../local/feed/parse-feed.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import { readerWith } from '../../../support/events/readers.ts';

const reader = readerWith();

const raw = (bodyText: string, properties: object = {}): object => ({
  to: 'hub',
  mode: 'raw',
  bodyText,
  properties,
});
const many = Array.from({ length: 1_001 }, () => ({}));

describe('countEvents', () => {
  it.each<[string, number, object]>([
    ['a structured event', 1, { to: 'hub', mode: 'structured', event: { id: '1' } }],
    ['a structured event that is an array', 1, { to: 'hub', mode: 'structured', event: [1, 2] }],
    ['a binary event', 1, { to: 'hub', mode: 'binary', event: { id: '1', data: [1, 2] } }],
    ['a batch', 3, { to: 'hub', mode: 'batch', events: [{ id: '1' }, 'text', 7] }],
    ['an empty batch', 1, { to: 'hub', mode: 'batch', events: [] }],
    ['a full batch', 1_000, { to: 'hub', mode: 'batch', events: many.slice(1) }],
    ['a batch of too many', 1, { to: 'hub', mode: 'batch', events: many }],
    ['a broken batch', 1, { to: 'hub', mode: 'batch', bodyText: '[{"id":"1"},' }],
    ['a batch that is none', 1, { to: 'hub', mode: 'batch', bodyText: '{}' }],
    ['a batch with a bad item', 2, { to: 'hub', mode: 'batch', bodyText: '[{"id":"1"}, {x}]' }],
    ['an array without a content type', 2, raw(' [{}, {}]')],
    ['an array as application/json', 2, raw('[{}, {}]', { 'content-type': 'application/json' })],
    ['an array with attributes', 1, raw('[{}, {}]', { 'ce-id': 'x' })],
    ['an array as text', 1, raw('[{}, {}]', { 'content-type': 'text/plain' })],
    [
      'an array as an unknown format',
      1,
      raw('[]', { 'content-type': 'application/cloudevents+xml' }),
    ],
    ['no JSON', 1, raw('this is no JSON')],
    ['nothing', 1, raw('')],
    ['bytes that are no text', 1, { to: 'hub', mode: 'raw', bodyBase64: 'W/9d' }],
  ])('counts %s as %i, as the application does', (_what, count, send) => {
    const feed = parseFeed(new TextEncoder().encode(JSON.stringify({ $send: send })));
    const message = feed.ok ? feed.value[0] : undefined;
    if (message === undefined) throw new Error('no message');
    expect(countEvents(message)).toBe(count);
    const position = { sequenceNumber: 0, offset: '0', enqueuedAt: epochMs(0) };
    expect(reader.read({ ...message, ...position })).toHaveLength(count);
  });
});
