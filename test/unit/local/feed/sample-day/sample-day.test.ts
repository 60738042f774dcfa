import { describe, expect, it } from 'vitest';
import { countEvents } from '../../../../../local/feed/count-events.ts';
import type { FeedMessage } from '../../../../../local/feed/feed-message.ts';
import { sampleDay } from '../../../../../local/feed/sample-day/sample-day.ts';
import { epochMs } from '../../../../../shared/kernel/time.ts';
import type { ReadItem } from '../../../../../shared/ports/events.ts';
import { readerWith } from '../../../../support/events/readers.ts';

const reader = readerWith();
const day = sampleDay(1);
const items = day.flatMap((message): readonly ReadItem[] =>
  reader.read({ ...message, sequenceNumber: 0, offset: '0', enqueuedAt: epochMs(0) }),
);
const codes = new Map<string, number>();
for (const { judgement } of items) {
  if (judgement.kind !== 'rejected') continue;
  const [{ code }] = judgement.rejection.violations;
  codes.set(code, (codes.get(code) ?? 0) + 1);
}

function countWhere(test: (message: FeedMessage) => boolean): number {
  return day.filter(test).length;
}

describe('the sample day', () => {
  it('is the same day byte by byte each time, and another day is another', () => {
    expect(sampleDay(1)).toEqual(day);
    expect(sampleDay(2)).not.toEqual(day);
  });

  it('has about 5,000 events', () => {
    const events = day.reduce((sum, message) => sum + countEvents(message), 0);
    expect(events).toBe(items.length);
    expect(events).toBeGreaterThan(4_500);
    expect(events).toBeLessThan(5_500);
  });

  it('has bad events of every kind, about one in a hundred, and no other', () => {
    expect(Object.fromEntries([...codes].toSorted())).toEqual({
      'batch.empty': 5,
      'bytes.not_utf8': 5,
      'envelope.id.not_uuid': 5,
      'envelope.time.missing': 5,
      'json.truncated': 5,
      'schema.version_unregistered': 5,
      'size.exceeded': 1,
      'type.unregistered': 5,
      ...Object.fromEntries(
        [...codes].filter(([code]) => code.startsWith('schema.data.required:')),
      ),
    });
    const lacking = [...codes].filter(([code]) => code.startsWith('schema.data.required:'));
    expect(lacking.reduce((sum, [, count]) => sum + count, 0)).toBe(5);
  });

  it('has duplicates with the same payload, about one in a hundred, and contradictions', () => {
    const hashes = new Map<string, string>();
    let [duplicates, contradictions] = [0, 0];
    for (const { judgement } of items) {
      if (judgement.kind !== 'accepted') continue;
      const known = hashes.get(judgement.key.id);
      if (known === judgement.payloadHash) duplicates += 1;
      else if (known !== undefined) contradictions += 1;
      hashes.set(judgement.key.id, known ?? judgement.payloadHash);
    }
    expect(duplicates).toBeGreaterThan(15);
    expect(duplicates).toBeLessThan(80);
    expect(contradictions).toBeGreaterThan(0);
  });

  it('goes over both transports and in every content mode', () => {
    const type = (pattern: RegExp) =>
      countWhere(({ contentType }) => pattern.test(contentType ?? ''));
    expect(countWhere(({ to }) => to === 'servicebus')).toBeGreaterThan(100);
    expect(type(/^application\/cloudevents\+json/)).toBeGreaterThan(1_000);
    expect(type(/^application\/cloudevents-batch\+json/)).toBeGreaterThan(30);
    expect(type(/^application\/avro/)).toBeGreaterThan(500);
    expect(type(/^application\/json/)).toBeGreaterThan(40);
  });

  it('lands in many tables', () => {
    const tables = items.flatMap(({ judgement }) =>
      judgement.kind === 'accepted' ? [judgement.table] : [],
    );
    expect(new Set(tables).size).toBeGreaterThan(20);
  });

  it('tells its events within one day, orders before what follows from them', () => {
    const times = items.flatMap(({ columns }) => columns.event_time ?? []);
    const days = new Set(
      times.map((time) => new Date(Number(time / 1000n)).toISOString().slice(0, 10)),
    );
    expect([...days]).toEqual(['2026-03-02']);
    const created = new Set<string>();
    for (const { columns, judgement } of items) {
      if (judgement.kind !== 'accepted') continue;
      if (columns.event_type?.endsWith('.erp.salesorder.created'))
        created.add(columns.event_subject ?? '');
      if (columns.event_type?.endsWith('.wms.pick.completed')) {
        expect(created).toContain(columns.event_subject);
      }
    }
  });
});
