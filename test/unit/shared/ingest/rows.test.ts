import { describe, expect, it } from 'vitest';
import { deadLetterId } from '../../../../shared/ingest/dead-letter-id.ts';
import { deadLetterRecord } from '../../../../shared/ingest/dead-letter-record.ts';
import { deadLetterRow, deadLetterSchema } from '../../../../shared/ingest/dead-letter-rows.ts';
import { eventRow, eventTableSchema, noColumns } from '../../../../shared/ingest/event-rows.ts';
import type { LandingItem } from '../../../../shared/ingest/landing-item.ts';
import { storePayload } from '../../../../shared/ingest/stored-payload.ts';
import type { Author } from '../../../../shared/kernel/author.ts';
import { epochMicros, epochMs, toMicros } from '../../../../shared/kernel/time.ts';
import type { Rejection } from '../../../../shared/ports/events.ts';
import { createFakePayloadStore } from '../../../support/fake-payload-store.ts';

const author = 'ns/events/2026-11-21T00:00:00.000Z/cg-data-bronze/3' as Author;
const plannedAt = epochMs(Date.parse('2026-11-21T23:59:59.999Z'));

function newItem(changes: Partial<LandingItem> = {}): LandingItem {
  return {
    author,
    partitionId: '3',
    message: {
      sequenceNumber: 41,
      offset: '4100',
      enqueuedAt: plannedAt,
      contentType: undefined,
      properties: new Map(),
      body: Buffer.from('{}'),
    },
    origin: 'events',
    index: 2,
    columns: {
      ...noColumns,
      event_id: 'id',
      event_source: '/erp/sap/sales-orders',
      event_type: 'com.client.erp.salesorder.created',
      event_time: epochMicros(1_763_683_200_000_001n),
      schema_version: '1',
    },
    plannedAt,
    payload: () => Buffer.from('{"n":1}'),
    ...changes,
  };
}

const rejection: Rejection = {
  category: 'schema',
  violations: [
    { code: 'schema.data.required:order_id', detail: 'is missing', pointer: '/data' },
    { code: 'envelope.id.not_uuid', detail: 'is none' },
  ],
};

describe('event rows', () => {
  it('has a value for every column of the schema, in its order, and no other', () => {
    const names = eventTableSchema.columns.map(({ name }) => name);
    expect(Object.keys(eventRow(newItem()).values)).toEqual(names);
    expect(names.slice(0, 12)).toEqual(Object.keys(noColumns));
  });

  it('holds the position of the message and the instant of the plan', () => {
    expect(eventRow(newItem())).toMatchObject({
      sequenceNumber: 41,
      partitionDate: '2025-11-21',
      values: {
        event_id: 'id',
        ingested_at: toMicros(plannedAt),
        partition_id: '3',
        sequence_number: 41n,
        offset: '4100',
        item_index: 2,
      },
    });
  });

  it.each([
    ['an event without a time on the day of its ingestion', null, '2026-11-21'],
    ['the last microsecond of a day', 1_763_683_200_000_000n - 1n, '2025-11-20'],
    ['an instant before 1970', -1n, '1969-12-31'],
    ['the first year', -62_135_596_800_000_000n, '0001-01-01'],
    [
      'a time before the first year on the day of ingestion',
      -62_135_596_800_000_001n,
      '2026-11-21',
    ],
    ['the last year', 253_402_300_799_999_999n, '9999-12-31'],
    ['a time after the last year on the day of ingestion', 253_402_300_800_000_000n, '2026-11-21'],
    ['a time that no date can hold on the day of ingestion', 2n ** 63n - 1n, '2026-11-21'],
  ])('files %s', (_, time, expected) => {
    const eventTime = time === null ? null : epochMicros(time);
    const item = newItem({ columns: { ...noColumns, event_time: eventTime } });
    expect(eventRow(item).partitionDate).toBe(expected);
  });
});

describe('dead-letter rows', () => {
  const payload = { encoding: 'utf8', content: '{"n":1}', sizeBytes: 7 } as const;
  const rowOf = (item: LandingItem, why: Rejection) =>
    deadLetterRow(deadLetterRecord(item, { rejection: why, payload }), item.message.sequenceNumber);

  it('begins with the 15 columns of the specification, in order and type', () => {
    const columns = deadLetterSchema.columns.map(({ name, type }) => `${name} ${type}`);
    expect(columns.slice(0, 15)).toEqual([
      'dead_letter_id string',
      'original_event_id string',
      'event_source string',
      'event_type string',
      'event_time timestamp',
      'partition_id string',
      'offset string',
      'error_category string',
      'error_detail string',
      'raw_payload string',
      'dead_letter_timestamp timestamp',
      'retry_count integer',
      'resolved boolean',
      'resolved_timestamp timestamp',
      'resolved_by string',
    ]);
  });

  it('has a value for every column of the schema, in its order, and no other', () => {
    const { values } = rowOf(newItem(), rejection);
    expect(Object.keys(values)).toEqual(deadLetterSchema.columns.map(({ name }) => name));
  });

  it('says what was refused, where, and why', () => {
    expect(rowOf(newItem(), rejection)).toMatchObject({
      sequenceNumber: 41,
      partitionDate: '2026-11-21',
      values: {
        original_event_id: 'id',
        error_category: 'schema',
        error_code: 'schema.data.required:order_id',
        error_detail: 'schema.data.required:order_id: is missing; envelope.id.not_uuid: is none',
        violations: JSON.stringify(rejection.violations),
        raw_payload: '{"n":1}',
        payload_encoding: 'utf8',
        payload_size: 7n,
        stage: 'validate',
        failure_group: 'com.client.erp.salesorder.created schema.data.required:order_id',
        resolved: false,
        sequence_number: 41n,
        item_index: 2,
      },
    });
  });

  it('names the stage of a payload mismatch, and the group of what cannot be read', () => {
    const mismatch: Rejection = {
      category: 'schema',
      violations: [{ code: 'idempotency.payload_mismatch', detail: 'other' }],
    };
    const { values } = rowOf(newItem({ columns: noColumns }), mismatch);
    expect(values).toMatchObject({
      stage: 'claim',
      failure_group: 'unreadable idempotency.payload_mismatch',
    });
  });

  it('has an id that is a UUID of version 5 and differs by author, number and index', () => {
    const at = { author, sequenceNumber: 1, index: 23 };
    const others = [
      { ...at, sequenceNumber: 12, index: 3 },
      { ...at, index: 24 },
      { ...at, author: `${author}1` as Author },
    ];
    const ids = [at, ...others].map(deadLetterId);
    expect(new Set(ids)).toHaveLength(4);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    // Made by Python's uuid.uuid5: the same position gets the same id from every version of the code.
    expect(deadLetterId(at)).toBe('f54aab30-71ea-59d3-800d-e3e771f0c6bc');
  });
});

describe('stored payloads', () => {
  const name = 'dead-letters/x';

  it.each([
    ['UTF-8 as text', Buffer.from('{"ü":"\u{1f600}"}'), 'utf8', '{"ü":"\u{1f600}"}'],
    ['a byte order mark as it came', Buffer.of(0xef, 0xbb, 0xbf, 0x7b), 'utf8', '\ufeff{'],
    ['other bytes as base64', Buffer.of(0xff, 0x00), 'base64', '/wA='],
    ['nothing as empty text', Buffer.alloc(0), 'utf8', ''],
  ] as const)('keeps %s', async (...[, bytes, encoding, content]) => {
    const stored = await storePayload(createFakePayloadStore(), name, bytes);
    expect(stored).toEqual({ encoding, content, sizeBytes: bytes.length });
  });

  it('keeps 64 KB in the row and puts one byte more into a blob', async () => {
    const payloads = createFakePayloadStore();
    const [fits, large] = [Buffer.alloc(65_536, 'a'), Buffer.alloc(65_537, 'a')];
    expect(await storePayload(payloads, name, fits)).toMatchObject({ encoding: 'utf8' });
    expect(payloads.blobs.size).toBe(0);
    expect(await storePayload(payloads, name, large)).toEqual({
      encoding: 'blob',
      content: `payloads/${name}`,
      sizeBytes: 65_537,
    });
    expect(payloads.blobs.get(`payloads/${name}`)).toHaveLength(65_537);
  });
});
