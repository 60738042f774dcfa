import { describe, expect, it } from 'vitest';
import { createDeadLetterReader } from '../../../../../shared/messaging/dead-letters/dead-letter-reader.ts';
import { createDeadLetterSender } from '../../../../../shared/messaging/dead-letters/dead-letter-sender.ts';
import { createDeadLetterUnwrapper } from '../../../../../shared/messaging/dead-letters/dead-letter-unwrapper.ts';
import {
  decodeLetter,
  encodeLetter,
} from '../../../../../shared/messaging/dead-letters/letter-codec.ts';
import type { HubSender, OutgoingEvent } from '../../../../../shared/messaging/hub-sender.ts';
import type { HubMessage } from '../../../../../shared/ports/hub.ts';
import { arrivalOf, hubMessage } from '../../../../support/bus-messages.ts';
import { deadMessage, relayOrigin } from '../../../../support/dead-letters/dead-messages.ts';
import { createFakePayloadStore } from '../../../../support/fake-payload-store.ts';
import { bodyOf, createTestReader } from '../../../../support/ingest-world/test-events.ts';

const table = 'brz_event_dead_letter';
const hub = 'dead-letters';
const reader = createDeadLetterReader(
  {
    read: (message) => {
      const isTest = message.body[0] === 0x5b;
      return createTestReader('A').read(
        isTest ? message : { ...message, body: Buffer.from(bodyOf({ id: 'a', payload: '1' })) },
      );
    },
  },
  table,
);

/** A hub whose batches take `limit` bytes of bodies. */
function createFakeHub(limit = 100_000) {
  const sent: OutgoingEvent[] = [];
  const sender: HubSender = {
    open: () => {
      const events: OutgoingEvent[] = [];
      return Promise.resolve({
        tryAdd: (event) => event.body.byteLength <= limit && events.push(event) > 0,
        get size() {
          return events.length;
        },
        send: () => Promise.resolve(void sent.push(...events)),
      });
    },
  };
  return { sent, sender };
}

function letterWith(head: Readonly<Record<string, unknown>>, body = ''): HubMessage {
  const event = encodeLetter(deadMessage());
  const [line = ''] = Buffer.from(event.body).toString().split('\n');
  const changed = JSON.stringify({ ...(JSON.parse(line) as object), ...head });
  return { ...arrivalOf(event), body: Buffer.from(`${changed}\n${body}`) };
}

describe('a letter', () => {
  it('brings every byte, property and fact of the dead message', () => {
    const properties = new Map<string, unknown>([
      ['__proto__', 'x'],
      ['n', 7n],
      ['t', 'ü\n'],
    ]);
    const dead = deadMessage({ body: Buffer.of(0xff, 0x0a, 0x00, 0x0a), properties, judged: [2] });
    const letter = decodeLetter(arrivalOf(encodeLetter(dead)));
    if (!letter.ok) throw new Error(letter.problem);
    const { head, body, judged } = letter.value;
    const { body: sentBody, properties: sentProperties, judged: sentJudged, ...facts } = dead;
    expect(head).toEqual({ ...facts, properties: '{"__proto__":"x","n":"7","t":"ü\\n"}' });
    expect(sentProperties).toBe(properties);
    expect([Buffer.from(body), judged]).toEqual([Buffer.from(sentBody), sentJudged]);
    expect([...letter.value.properties.keys()]).toEqual(['__proto__', 'n', 't']);
  });

  it('is made of any property: what JSON cannot spell says so', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const properties = new Map<string, unknown>([
      ['deep', deep],
      ['cyclic', cyclic],
      ['nothing', undefined],
    ]);
    const letter = decodeLetter(arrivalOf(encodeLetter(deadMessage({ properties }))));
    expect(letter.ok && JSON.parse(letter.value.head.properties)).toEqual({
      deep: '(not spellable as JSON)',
      cyclic: '(not spellable as JSON)',
      nothing: null,
    });
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['bytes that are no text', Buffer.of(0xff, 0xfe, 0x0a)],
    ['no head', Buffer.from('{}')],
    ['a head that is no object', Buffer.from('[]\n')],
    ['a head that nests without end', Buffer.from(`${'['.repeat(300_000)}\n`)],
    ['a head that says nothing', Buffer.from('{}\n')],
  ])('is not read from %s', (_, body) => {
    const message = { ...arrivalOf(encodeLetter(deadMessage())), body };
    expect(decodeLetter(message).ok).toBe(false);
  });

  it.each([
    ['a negative number', { sequenceNumber: -1 }],
    ['a number that is none', { sequenceNumber: '41' }],
    ['an instant that no date can spell', { deadLetteredAt: 9e15 }],
    ['no author', { author: null }],
    ['an unknown category', { rejection: { category: 'x', violations: [{ code: 'c' }] } }],
    ['no violation', { rejection: { category: 'schema', violations: [] } }],
    ['violations that are none', { rejection: { category: 'schema', violations: [1, {}] } }],
    ['properties that are no object', { properties: '[1]' }],
  ])('is not read from a head with %s', (_, head) => {
    expect(decodeLetter(letterWith(head)).ok).toBe(false);
  });

  it('goes without what a head may lack', () => {
    const lacking = { deliveryCount: 1.5, contentType: 7, sessionId: null, judged: 'x', offset: 1 };
    const letter = decodeLetter(letterWith(lacking));
    expect(letter.ok && letter.value.head).toMatchObject({
      ...{ deliveryCount: null, contentType: null, sessionId: null, offset: '' },
    });
  });
});

describe('the way of a letter through the hub', () => {
  it('carries what is too large as a blob, once however often it is sent', async () => {
    const payloads = createFakePayloadStore();
    const { sent, sender } = createFakeHub(1_000);
    const partitionIds = () => Promise.resolve(['0', '1']);
    const letters = createDeadLetterSender({ sender, partitionIds, payloads });
    const dead = deadMessage({ body: Buffer.alloc(5_000, 'x') });
    await letters.reject([dead]);
    await letters.reject([dead]);
    expect([sent.length, payloads.blobs.size]).toEqual([2, 1]);
    const unwrapper = createDeadLetterUnwrapper({ countedOrigins: new Set(), payloads });
    const [event] = sent;
    if (event === undefined) throw new Error('nothing arrived');
    const { message, origin } = await unwrapper.unwrap(arrivalOf(event), hub);
    expect(origin).toBe(hub);
    const letter = decodeLetter(message);
    expect(letter.ok && letter.value.body).toEqual(dead.body);
  });

  it('sends nothing when there is nothing', async () => {
    const { sent, sender } = createFakeHub();
    const partitionIds = () => Promise.reject(new Error('not asked'));
    const payloads = createFakePayloadStore();
    await createDeadLetterSender({ sender, partitionIds, payloads }).reject([]);
    expect(sent).toEqual([]);
  });

  it('counts what died on its way into Bronze under its origin, all else under the hub', async () => {
    const payloads = createFakePayloadStore();
    const unwrapper = createDeadLetterUnwrapper({
      countedOrigins: new Set([relayOrigin]),
      payloads,
    });
    const originOf = async (message: HubMessage) => (await unwrapper.unwrap(message, hub)).origin;
    const [relayed, other] = [deadMessage(), deadMessage({ origin: 'orders' })];
    expect(await originOf(arrivalOf(encodeLetter(relayed)))).toBe(relayOrigin);
    expect(await originOf(arrivalOf(encodeLetter(other)))).toBe(hub);
    expect(await originOf(hubMessage({ body: Buffer.from('garbage') }))).toBe(hub);
  });

  it('leaves a letter whose blob is gone to be a row that cannot be read', async () => {
    const payloads = createFakePayloadStore();
    const unwrapper = createDeadLetterUnwrapper({ countedOrigins: new Set(), payloads });
    const properties = new Map([['x-bronzeflow-payload', 'payloads/gone']]);
    const { message } = await unwrapper.unwrap(hubMessage({ properties }), hub);
    expect(reader.read(message)[0].judgement).toMatchObject({ kind: 'rejected' });
  });
});

describe('reading the hub of dead letters', () => {
  const batch = Buffer.from(bodyOf(...['a', 'b', 'c'].map((id) => ({ id, payload: '1' }))));

  it('accepts every event under the position at which it died', () => {
    const [first, second, ...others] = reader.read(
      arrivalOf(encodeLetter(deadMessage({ body: batch, judged: [1] }))),
    );
    expect(others).toEqual([]);
    const { author } = deadMessage();
    expect(first).toMatchObject({
      judgement: { kind: 'accepted', table, key: { source: author, id: '41/0' } },
      deadLetter: { origin: relayOrigin, contentType: 'application/cloudevents+json' },
    });
    expect(second).toMatchObject({ index: 2, judgement: { key: { id: '41/2' } } });
  });

  it('tells copies by the position alone, however they are described', () => {
    const other = deadMessage({ rejection: { ...deadMessage().rejection, category: 'poison' } });
    const [one, two] = [deadMessage(), other].map(
      (dead) => reader.read(arrivalOf(encodeLetter(dead)))[0].judgement,
    );
    expect(one).toEqual(two);
  });

  it('never leaves a message without an item, even when all of it has been judged', () => {
    const dead = deadMessage({ body: batch, judged: [0, 1, 2] });
    expect(reader.read(arrivalOf(encodeLetter(dead)))).toHaveLength(1);
  });

  it('rejects what is no letter, event by event', () => {
    const items = reader.read(hubMessage({ body: batch }));
    expect(items).toHaveLength(3);
    for (const { judgement, deadLetter } of items) {
      expect(deadLetter).toBeUndefined();
      expect(judgement).toMatchObject({
        rejection: { category: 'schema', violations: [{ code: 'deadletter.unreadable' }] },
      });
    }
  });
});
