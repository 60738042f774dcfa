import { describe, expect, it } from 'vitest';
import type { FeedMessage } from '../../../../local/feed/feed-message.ts';
import { describeFeedProblems, parseFeed } from '../../../../local/feed/parse-feed.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

function messagesOf(feed: string | Uint8Array): readonly FeedMessage[] {
  const result = parseFeed(typeof feed === 'string' ? encode(feed) : feed);
  if (!result.ok) throw new Error(describeFeedProblems(result.problem));
  return result.value;
}

function sent(send: object): FeedMessage {
  const [message] = messagesOf(JSON.stringify({ $send: send }));
  if (message === undefined) throw new Error('nothing to send');
  return message;
}

const event =
  '{"specversion":"1.0", "id":"1","subject":"S","data":{"b":58.90,"a":12345678901234567890}}';

describe('a line of a feed that is no directive', () => {
  it('is sent with its bytes as they are, its subject as partition key', () => {
    const [message] = messagesOf(`  ${event} \n`);
    expect(decode(message?.body)).toBe(`  ${event} `);
    expect(message).toMatchObject({ to: 'hub', partitionKey: 'S' });
    expect(message?.contentType).toMatch(/^application\/cloudevents\+json/);
  });

  it.each(['this is no JSON', '[1,2]', '"text"', '{"id":7}', '{"specversion', '{}'])(
    'is sent unchanged and without a content type when it is %s',
    (line) => {
      const [message] = messagesOf(line);
      expect(decode(message?.body)).toBe(line);
      expect(message?.contentType).toBeUndefined();
    },
  );

  it('keeps bytes that are not UTF-8', () => {
    const line = Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d);
    expect(messagesOf(Uint8Array.of(...line, 0x0a))[0]?.body).toEqual(line);
  });

  it('loses only its line ending, and blank lines are no messages', () => {
    const bodies = messagesOf('\n \t\na\r\nb\rc\r\n\r\n  d').map(({ body }) => decode(body));
    expect(bodies).toEqual(['a', 'b\rc', '  d']);
  });

  it('is sent as it is when $send is not its only member', () => {
    const line = '{"$send":{"to":"nowhere"},"id":"1"}';
    expect(decode(messagesOf(line)[0]?.body)).toBe(line);
  });

  it('is sent as it is when $send is deeper down', () => {
    const line = '[{"$send":{"to":"hub","mode":"raw","bodyText":"x"}}]';
    expect(decode(messagesOf(line)[0]?.body)).toBe(line);
  });

  it('may nest deeper than a parser can', () => {
    const line = '['.repeat(200_000);
    expect(messagesOf(line)[0]?.body).toHaveLength(200_000);
  });
});

describe('a $send directive', () => {
  it('sends a structured event spelled as in the feed', () => {
    const [message] = messagesOf(
      `{"$send":{"to":"servicebus","mode":"structured","event":${event}}}`,
    );
    expect(decode(message?.body)).toBe(event);
    expect(message).toMatchObject({ to: 'servicebus', partitionKey: undefined });
  });

  it('sends a binary event: attributes as properties, data spelled as in the feed', () => {
    const binary =
      '{"id":"1","subject":"S","datacontenttype":"application/json","flag":true,"n":3,"none":null,"data": {"price":58.90} }';
    const [message] = messagesOf(`{"$send":{"to":"hub","mode":"binary","event":${binary}}}`);
    expect(decode(message?.body)).toBe('{"price":58.90}');
    expect(message).toMatchObject({ contentType: 'application/json', partitionKey: 'S' });
    expect([...(message?.properties ?? [])]).toEqual([
      ['cloudEvents:id', '1'],
      ['cloudEvents:subject', 'S'],
      ['cloudEvents:flag', true],
      ['cloudEvents:n', 3],
    ]);
  });

  it('sends binary data as bytes, and text that is no JSON as text', () => {
    const base64 = { id: '1', datacontenttype: 'application/avro', data_base64: 'AAEC' };
    expect(sent({ to: 'hub', mode: 'binary', event: base64 }).body).toEqual(Uint8Array.of(0, 1, 2));
    const text = { id: '1', datacontenttype: 'text/plain', data: 'plain' };
    expect(decode(sent({ to: 'hub', mode: 'binary', event: text }).body)).toBe('plain');
    const json = { id: '1', datacontenttype: 'application/json', data: 'quoted' };
    expect(decode(sent({ to: 'hub', mode: 'binary', event: json }).body)).toBe('"quoted"');
  });

  it('sends a binary event without data with an empty body', () => {
    expect(sent({ to: 'hub', mode: 'binary', event: { id: '1' } }).body).toHaveLength(0);
  });

  it('sends binary attributes with another body', () => {
    const send = { to: 'hub', mode: 'binary', event: { id: '1' }, bodyBase64: '/w==' };
    expect(sent(send).body).toEqual(Uint8Array.of(0xff));
  });

  it('sends a batch of events spelled as in the feed', () => {
    const [message] = messagesOf(`{"$send":{"to":"hub","mode":"batch","events":[ ${event} , 7 ]}}`);
    expect(decode(message?.body)).toBe(`[${event},7]`);
    expect(message?.contentType).toMatch(/^application\/cloudevents-batch\+json/);
  });

  it('sends an empty batch', () => {
    expect(decode(sent({ to: 'hub', mode: 'batch', events: [] }).body)).toBe('[]');
  });

  it('sends raw text and raw bytes without a content type', () => {
    const text = sent({ to: 'hub', mode: 'raw', bodyText: '{"half' });
    expect([decode(text.body), text.contentType]).toEqual(['{"half', undefined]);
    expect(sent({ to: 'hub', mode: 'raw', bodyText: '' }).body).toHaveLength(0);
    expect(sent({ to: 'hub', mode: 'raw', bodyBase64: '//4=' }).body).toEqual(
      Uint8Array.of(0xff, 0xfe),
    );
  });

  it('adds properties, one of which names the content type', () => {
    const message = sent({
      to: 'hub',
      mode: 'raw',
      bodyText: '[',
      properties: { 'content-type': 'application/cloudevents-batch+json', 'ce-id': 'x', n: 1 },
    });
    expect(message.contentType).toBe('application/cloudevents-batch+json');
    expect([...message.properties]).toEqual([
      ['ce-id', 'x'],
      ['n', 1],
    ]);
  });

  it('keeps properties with hostile names', () => {
    const [message] = messagesOf(
      '{"$send":{"to":"hub","mode":"raw","bodyText":"x","properties":{"__proto__":"p"}}}',
    );
    expect([...(message?.properties ?? [])]).toEqual([['__proto__', 'p']]);
  });

  it('names its partition key and its session', () => {
    const raw = { mode: 'raw', bodyText: 'x' };
    expect(sent({ ...raw, to: 'hub', partitionKey: 'K' }).partitionKey).toBe('K');
    expect(sent({ ...raw, to: 'servicebus', sessionId: 'S' }).sessionId).toBe('S');
  });

  it('may be spread over white space', () => {
    const [message] = messagesOf(' { "$send" : { "to":"hub", "mode":"raw", "bodyText":"x" } } ');
    expect(decode(message?.body)).toBe('x');
  });
});

describe('a bad directive', () => {
  const raw = { to: 'hub', mode: 'raw', bodyText: 'x' };
  it.each<[unknown, RegExp]>([
    [7, /"\$send" must be an object/],
    [null, /"\$send" must be an object/],
    [[raw], /"\$send" must be an object/],
    [{ ...raw, to: 'nowhere' }, /"to" must be "hub" or "servicebus", not "nowhere"/],
    [{ mode: 'raw', bodyText: 'x' }, /"to" must be .* not nothing/],
    [{ ...raw, mode: 'Raw' }, /"mode" must be .*, not "Raw"/],
    [{ to: 'hub', bodyText: 'x' }, /"mode" must be .*, not nothing/],
    [{ ...raw, mode: 'constructor' }, /"mode" must be/],
    [{ ...raw, colour: 'red' }, /unknown member "colour"/],
    [{ to: 'hub', mode: 'raw' }, /mode "raw" needs "bodyText" or "bodyBase64"/],
    [{ to: 'hub', mode: 'structured' }, /mode "structured" needs "event"/],
    [{ to: 'hub', mode: 'batch' }, /mode "batch" needs "events"/],
    [{ to: 'hub', mode: 'binary' }, /mode "binary" needs "event"/],
    [{ ...raw, event: {} }, /mode "raw" takes no "event"/],
    [{ to: 'hub', mode: 'structured', events: [] }, /mode "structured" takes no "events"/],
    [{ to: 'hub', mode: 'batch', event: {} }, /mode "batch" takes no "event"/],
    [{ to: 'hub', mode: 'batch', events: {} }, /"events" must be an array/],
    [{ to: 'hub', mode: 'binary', event: [] }, /"event" must be an object/],
    [{ to: 'hub', mode: 'binary', event: { x: {} } }, /attribute "x" cannot be a property/],
    [{ ...raw, bodyBase64: '' }, /"bodyText" and "bodyBase64" exclude each other/],
    [{ ...raw, bodyText: 7 }, /"bodyText" must be a string/],
    [{ to: 'hub', mode: 'raw', bodyBase64: 'a' }, /"bodyBase64" is not base64/],
    [{ ...raw, partitionKey: 7 }, /"partitionKey" must be a string/],
    [{ ...raw, sessionId: 'S' }, /"sessionId" is for "servicebus"/],
    [{ ...raw, properties: [] }, /"properties" must be an object/],
    [{ ...raw, properties: { x: null } }, /property "x" must be a string, a number or a boolean/],
  ])('is refused: %j', (send, message) => {
    const result = parseFeed(encode(`${event}\n\n${JSON.stringify({ $send: send })}\n`));
    expect(result.ok).toBe(false);
    const text = result.ok ? '' : describeFeedProblems(result.problem);
    expect(text).toMatch(message);
    expect(text).toMatch(/^line 3: /);
  });

  it('does not hide the others', () => {
    const bad = '{"$send":0}';
    const result = parseFeed(encode(`${bad}\n${event}\n${bad}`));
    expect(result.ok ? [] : result.problem.map(({ line }) => line)).toEqual([1, 3]);
  });
});
