import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeLetter,
  encodeLetter,
} from '../../../../shared/messaging/dead-letters/letter-codec.ts';
import { arrivalOf, hubMessage } from '../../../support/bus-messages.ts';
import { deadMessage } from '../../../support/dead-letters/dead-messages.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const optional = fc.option(text);
const bytes = fc.uint8Array({ maxLength: 400 });
const properties = fc.array(fc.tuple(fc.oneof(text, fc.constant('__proto__')), fc.jsonValue()));

describe('letters', () => {
  it('bring any message back as it was', () => {
    const facts = fc.record({
      ...{ contentType: optional, sessionId: optional, partitionKey: optional, offset: text },
      sequenceNumber: fc.maxSafeNat(),
      deliveryCount: fc.option(fc.nat()),
      body: bytes,
      judged: fc.array(fc.nat(), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(facts, properties, (some, entries) => {
        const dead = deadMessage({ ...some, properties: new Map(entries) });
        const letter = decodeLetter(arrivalOf(encodeLetter(dead)));
        if (!letter.ok) throw new Error(letter.problem);
        const { head, body, judged } = letter.value;
        const { body: sent, judged: sentJudged, properties: sentProperties, ...rest } = dead;
        expect({ ...head, properties: '' }).toEqual({ ...rest, properties: '' });
        expect(Buffer.from(body)).toEqual(Buffer.from(sent));
        expect(judged).toEqual(sentJudged);
        const found = new Map(Object.entries(JSON.parse(head.properties) as object));
        expect(JSON.stringify([...found].toSorted(byName))).toBe(
          JSON.stringify([...sentProperties].toSorted(byName)),
        );
      }),
    );
  });

  it('are read from any bytes and marks without a throw', () => {
    const mark = fc.constantFrom<unknown>('1', 1, '2', undefined, { a: 1 });
    fc.assert(
      fc.property(bytes, mark, fc.boolean(), (body, value, isNearlyOne) => {
        const head = isNearlyOne ? [Buffer.from('{"author":"a","origin":"b"}\n'), body] : [body];
        const message = hubMessage({
          properties: new Map([['x-bronzeflow-dead-letter', value]]),
          body: Buffer.concat(head),
        });
        expect(decodeLetter(message).ok).toBe(false);
      }),
    );
  });
});

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : Number(left > right);
}
