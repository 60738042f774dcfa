import { describe, expect, it } from 'vitest';
import { sampleDay } from '../../../../../local/feed/sample-day/sample-day.ts';
import { definitionStartedBy, definitionsCancelledBy } from '../../../../../sagas/definitions.ts';
import type { JsonObject } from '../../../../../shared/kernel/json-value.ts';
import { epochMs } from '../../../../../shared/kernel/time.ts';
import { readerWith } from '../../../../support/events/readers.ts';

const reader = readerWith();
const events = sampleDay(1).flatMap((message) =>
  reader
    .read({ ...message, sequenceNumber: 0, offset: '0', enqueuedAt: epochMs(0) })
    .filter(({ judgement, columns }) =>
      [judgement.kind === 'accepted', columns.event_type?.includes('.erp.')].every(Boolean),
    )
    .map(({ columns }) => ({
      name: String(columns.event_type).replace('com.acmemfg.', ''),
      data: JSON.parse(columns.data ?? 'null') as JsonObject,
    })),
);

function idsOf(name: string): readonly (string | undefined)[] {
  const definition = definitionStartedBy(name) ?? definitionsCancelledBy(name)[0];
  return events.filter((event) => event.name === name).map(({ data }) => definition?.idOf(data));
}

describe('the sagas of the sample day', () => {
  it.each([
    ['erp.salesorder.created', 170],
    ['erp.receipt.confirmed', 40],
  ])('are started by %s, with all they need to know', (name, count) => {
    const facts = events
      .filter((event) => event.name === name)
      .map(({ data }) => definitionStartedBy(name)?.factsOf(data));
    expect(facts.filter((read) => read?.ok !== true)).toEqual([]);
    expect(new Set(idsOf(name)).size).toBe(count);
  });

  it('are now and then started by several events, and told that their order failed', () => {
    const created = idsOf('erp.salesorder.created');
    expect(created.length).toBeGreaterThan(new Set(created).size);
    const failed = idsOf('erp.salesorder.failed');
    expect(failed.length).toBeGreaterThan(1);
    expect(created).toEqual(expect.arrayContaining([...failed]));
  });
});
