import { describe, expect, it } from 'vitest';
import { readMessages } from '../../../../shared/ingest/read-messages.ts';
import { hubMessage } from '../../../support/bus-messages.ts';
import { salesOrder } from '../../../support/events.ts';
import { readerWith } from '../../../support/events/readers.ts';

const contentType = 'application/cloudevents+json';

describe('reading a batch', () => {
  it('makes a dead letter of the one message that the reader fails for', async () => {
    const reader = readerWith();
    const slippery: typeof reader = {
      read: (message) => {
        if (message.sequenceNumber === 1) throw new TypeError('x is undefined');
        return reader.read(message);
      },
    };
    const messages = [0, 1, 2].map((sequenceNumber) =>
      hubMessage({ sequenceNumber, contentType, body: Buffer.from(JSON.stringify(salesOrder())) }),
    );
    const unwrap = (message: (typeof messages)[number], origin: string) =>
      Promise.resolve({ origin, message });
    const ports = { reader: slippery, relay: { unwrap } };
    const read = await readMessages(ports, messages, 'events');
    expect(read.map(({ items }) => items[0].judgement.kind)).toEqual([
      ...['accepted', 'rejected', 'accepted'],
    ]);
    const [item] = read[1]?.items ?? [];
    expect(item?.judgement).toMatchObject({
      rejection: { category: 'processing', violations: [{ code: 'bug' }] },
    });
    expect(item?.payload()).toEqual(messages[1]?.body);
  });
});
