import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Author } from '../../../../../shared/kernel/author.ts';
import { epochMs } from '../../../../../shared/kernel/time.ts';
import { createDeadLetterReader } from '../../../../../shared/messaging/dead-letters/dead-letter-reader.ts';
import {
  decodeResolution,
  encodeResolution,
  isResolution,
} from '../../../../../shared/messaging/dead-letters/resolution-codec.ts';
import { appendProblem } from '../../../../../shared/bronze/delta/append/check-append.ts';
import { deadLetterSchema, resolutionRow } from '../../../../../shared/ingest/dead-letter-rows.ts';
import { isResolutionItem } from '../../../../../shared/ingest/landing-item.ts';
import type { ResolutionChange, ResolvedLetter } from '../../../../../shared/ports/resolutions.ts';
import { arrivalOf, hubMessage } from '../../../../support/bus-messages.ts';
import { sampleLetter } from '../../../../support/dead-letters/sample-letters.ts';
import { readerWith } from '../../../../support/events/readers.ts';

const reader = createDeadLetterReader(readerWith(), 'brz_event_dead_letter');
const mark = new Map([['x-bronzeflow-resolution', '1']]);

function changeOf(fields: Partial<ResolutionChange> = {}): ResolutionChange {
  const { payload, properties, contentType, sessionId, partitionKey, ...letter } =
    sampleLetter('one');
  expect([payload, properties, contentType, sessionId, partitionKey]).toHaveLength(5);
  const at = epochMs(1_795_200_000_000);
  return {
    letter,
    number: 1,
    resolution: { state: 'discarded', at, by: 'ada', why: 'a test – 漢' },
    payloadPurgedAt: undefined,
    ...fields,
  };
}

const arrive = (change: ResolutionChange) => arrivalOf(encodeResolution(change));

describe('a change of resolution', () => {
  it('arrives as it was sent', () => {
    const { letter } = changeOf();
    const hostile: ResolvedLetter = {
      ...letter,
      ...{
        type: null,
        source: '__proto__\u0000"',
        eventTime: null,
        deliveryCount: 3,
        itemIndex: 7,
      },
    };
    const changes = [
      changeOf(),
      changeOf({ letter: hostile, number: 12, payloadPurgedAt: epochMs(1_795_300_000_000) }),
      changeOf({ resolution: { state: 'open', at: undefined, by: '', why: '' } }),
    ];
    for (const change of changes) {
      expect(isResolution(arrive(change))).toBe(true);
      expect(decodeResolution(arrive(change))).toEqual({ ok: true, value: change });
    }
  });

  it('is an item that copies are told of by letter and number alone', () => {
    const first = changeOf();
    const again = changeOf({ resolution: { ...first.resolution, why: 'described otherwise' } });
    const judgements = [first, again].map((change) => reader.read(arrive(change))[0].judgement);
    expect(judgements[0]).toEqual({
      kind: 'accepted',
      key: { source: `resolution:${first.letter.id}`, id: '1' },
      table: 'brz_event_dead_letter',
      payloadHash: 'v1:position',
    });
    expect(judgements[1]).toEqual(judgements[0]);
    const other = reader.read(arrive(changeOf({ number: 2 })))[0].judgement;
    expect(other).not.toEqual(judgements[0]);
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['no object', '[]'],
    ['no number', JSON.stringify({ ...plain(), number: 0 })],
    ['a number that no column holds', JSON.stringify({ ...plain(), number: 2 ** 31 })],
    ['no state', JSON.stringify({ ...plain(), resolution: { state: 'lost' } })],
    ['no letter', JSON.stringify({ ...plain(), letter: null })],
    ['no cause', JSON.stringify({ ...plain(), letter: { ...plain().letter, violations: [] } })],
    [
      'a death beyond all dates',
      JSON.stringify({ ...plain(), letter: { ...plain().letter, deadLetteredAt: 1e15 } }),
    ],
  ])('with %s is a dead letter itself', (_, text) => {
    const items = reader.read(hubMessage({ properties: mark, body: Buffer.from(text) }));
    expect(items[0].judgement).toMatchObject({
      kind: 'rejected',
      rejection: { violations: [{ code: 'deadletter.unreadable' }] },
    });
  });

  it('is read from any bytes without a throw, and what is read makes a row', () => {
    const body = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({ key: fc.constantFrom(...Object.keys(plain().letter)), value: fc.jsonValue() })
        .map(({ key, value }) =>
          Buffer.from(JSON.stringify({ ...plain(), letter: { ...plain().letter, [key]: value } })),
        ),
    );
    fc.assert(
      fc.property(body, (bytes) => {
        const [item] = reader.read(hubMessage({ properties: mark, body: bytes }));
        if (!isResolutionItem(item)) return;
        const rows = [resolutionRow(item.resolutionChange, 1)];
        const append = {
          table: '',
          schema: deadLetterSchema,
          author: '' as Author,
          through: 1,
          rows,
        };
        // Otherwise it would be delivered again and again, and block its partition.
        expect(appendProblem(append)).toBeUndefined();
      }),
    );
  });

  function plain() {
    const text = Buffer.from(encodeResolution(changeOf()).body).toString();
    return JSON.parse(text) as { readonly letter: Record<string, unknown> };
  }
});
