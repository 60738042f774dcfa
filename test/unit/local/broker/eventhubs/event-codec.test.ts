import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../../../shared/kernel/time.ts';
import { batchMessageFormat } from '../../../../../local/broker/amqp/index.ts';
import {
  decodeBatch,
  encodeWithMetrics,
  type HubEvent,
} from '../../../../../local/broker/eventhubs/event-codec.ts';
import { PartitionLog } from '../../../../../local/broker/eventhubs/partition-log.ts';

const now = epochMs(1_750_000_000_000);

/** As the SDK sends: the key on the envelope and on the events. */
function batchOf(bodies: readonly string[], partitionKey?: string): Buffer {
  const annotations = partitionKey === undefined ? {} : { 'x-opt-partition-key': partitionKey };
  const events = bodies.map((text) =>
    rhea.message.encode({
      message_annotations: { ...annotations, 'x-opt-sequence-number': 999, own: 'kept' },
      application_properties: { source: text },
      body: rhea.message.data_section(Buffer.from(text)) as unknown,
    }),
  );
  return rhea.message.encode({
    message_annotations: annotations,
    body: rhea.message.data_sections(events) as unknown,
  });
}

describe('Events on the wire', () => {
  it('are taken out of a batch with its key', () => {
    const batch = decodeBatch(batchMessageFormat, batchOf(['a', 'b'], 'key'));
    expect(batch.ok && batch.value.partitionKey).toBe('key');
    expect(batch.ok && batch.value.events).toHaveLength(2);
  });

  it('may come one by one', () => {
    const single = rhea.message.encode({ body: 'x' });
    const batch = decodeBatch(0, single);
    expect(batch.ok && batch.value.events.map((event) => event.sizeBytes)).toEqual([single.length]);
  });

  it.each([
    ['an unknown format', 5, batchOf(['a'])],
    ['an empty batch', batchMessageFormat, rhea.message.encode({ body: 'no data' })],
    ['an event that is no message', batchMessageFormat, rawBatchOf(Buffer.from('xx'))],
    ['an envelope that is no message', batchMessageFormat, Buffer.from('xx')],
  ])('are refused: %s', (_title, format, payload) => {
    expect(decodeBatch(format, payload).ok).toBe(false);
  });

  it('carry the position that the hub gave them, whatever the producer claimed', () => {
    const batch = decodeBatch(batchMessageFormat, batchOf(['a', 'b'], 'key'));
    if (!batch.ok) throw new Error(batch.problem);
    const log = new PartitionLog<HubEvent>({});
    const logged = batch.value.events.map((event) => log.append(event, now));
    const [, second] = logged.map(({ event }) => rhea.message.decode(event.payload));
    expect(second?.['message_annotations']).toEqual({
      'x-opt-sequence-number': 1,
      'x-opt-offset': String(batch.value.events[0]?.sizeBytes),
      'x-opt-enqueued-time': new Date(now),
      'x-opt-partition-key': 'key',
      own: 'kept',
    });
    expect(second?.['application_properties']).toEqual({ source: 'b' });
    expect(second?.['delivery_annotations']).toBeUndefined();
  });

  it('tell how far the partition has got to a reader that asks', () => {
    const batch = decodeBatch(batchMessageFormat, batchOf(['a']));
    const event = batch.ok ? batch.value.events[0] : undefined;
    if (event === undefined) throw new Error('no event');
    const log = new PartitionLog<HubEvent>({});
    const logged = log.append(event, now);
    const encoded = encodeWithMetrics(logged.event, log.summarize(), now);
    expect(rhea.message.decode(encoded)['delivery_annotations']).toEqual({
      last_enqueued_sequence_number: 0,
      last_enqueued_offset: '0',
      last_enqueued_time_utc: new Date(now),
      runtime_info_retrieval_time_utc: new Date(now),
    });
  });
});

function rawBatchOf(event: Buffer): Buffer {
  return rhea.message.encode({ body: rhea.message.data_section(event) as unknown });
}
