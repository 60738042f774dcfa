import { messageOf, sampleText, sampleWith } from './messages.ts';
import { batchType, changed, vector } from './rejection-vector.ts';
import type { RejectionVector } from './rejection-vector.ts';

export const bytesRejections: readonly RejectionVector[] = [
  vector('no bytes', '', 'bytes.empty'),
  vector('only white space', ' \n', 'json.malformed'),
  vector('UTF-16 with its mark', Buffer.from(`\ufeff${sampleText}`, 'utf16le'), 'bytes.not_utf8'),
  vector('UTF-16', Buffer.from(sampleText, 'utf16le'), 'json.malformed'),
  vector('a broken UTF-8 sequence', Buffer.from([0x7b, 0xc3, 0x28, 0x7d]), 'bytes.not_utf8'),
  vector('an overlong UTF-8 sequence', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'bytes.not_utf8'),
  vector('a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'bytes.not_utf8'),
  vector('a byte order mark', `\ufeff${sampleText}`, 'bytes.byte_order_mark'),
  vector('no JSON', 'hello', 'json.malformed'),
  vector('XML', '<event/>', 'json.malformed'),
  vector('a truncated event', sampleText.slice(0, -20), 'json.truncated'),
  vector('a trailing comma', `${sampleText.slice(0, -1)},}`, 'json.malformed'),
  vector('too deep', sampleWith({ data: nested(64) }), 'json.too_deep'),
  vector('a scalar', '42', 'json.not_object'),
  vector('null', 'null', 'json.not_object'),
  vector('a list in structured mode', '[]', 'json.not_object'),
  vector(
    'a repeated name in data',
    sampleText.replace('"line_count"', '"currency": "EUR", "line_count"'),
    'json.duplicate_key',
  ),
  vector(
    'a repeated name with an escape',
    sampleText.replace('"line_count"', '"currenc\\u0079": "EUR", "line_count"'),
    'json.duplicate_key',
  ),
  vector(
    'a repeated attribute',
    sampleText.replace('"id"', '"id": "x", "id"'),
    'envelope.attribute.duplicated',
  ),
  changed('more than 256 KB', { filler: 'x'.repeat(256 * 1024) }, 'size.exceeded'),
  vector('more than 1 MB', 'x'.repeat(1024 * 1024 + 1), 'size.exceeded'),
  vector('more than 256 KB that are no JSON', 'x'.repeat(300_000), 'size.exceeded'),
];

export const modeRejections: readonly RejectionVector[] = [
  {
    name: 'an unknown event format',
    message: messageOf('x', { contentType: 'application/cloudevents+avro' }),
    codes: ['mode.unsupported_format'],
  },
  {
    name: 'plain text',
    message: messageOf(sampleText, { contentType: 'text/plain' }),
    codes: ['mode.not_an_event'],
  },
  {
    name: 'a content type that is none',
    message: messageOf(sampleText, { contentType: ';;' }),
    codes: ['mode.not_an_event'],
  },
  {
    name: 'an empty batch',
    message: messageOf('[]', { contentType: batchType }),
    codes: ['batch.empty'],
  },
  {
    name: 'an empty list without content type',
    message: messageOf(' [ ] '),
    codes: ['batch.empty'],
  },
  {
    name: '1,001 events',
    message: messageOf(`[${'{},'.repeat(1_000)}{}]`, { contentType: batchType }),
    codes: ['batch.too_many'],
  },
  {
    name: 'a batch that is an object',
    message: messageOf(sampleText, { contentType: batchType }),
    codes: ['batch.not_array'],
  },
  {
    name: 'a truncated batch',
    message: messageOf(`[${sampleText},`, { contentType: batchType }),
    codes: ['json.truncated'],
  },
  {
    name: 'a batch without commas',
    message: messageOf(`[${sampleText} ${sampleText}]`, { contentType: batchType }),
    codes: ['json.malformed'],
  },
  {
    name: 'a number in a batch',
    message: messageOf('[7]', { contentType: batchType }),
    codes: ['json.not_object'],
    payload: '7',
  },
  {
    name: 'JSON that is no event',
    message: messageOf('{"hello":"world"}'),
    codes: [
      'envelope.specversion.missing',
      'envelope.id.missing',
      'envelope.source.missing',
      'envelope.type.missing',
      'envelope.datacontenttype.missing',
      'envelope.time.missing',
      'envelope.data.missing',
    ],
  },
  {
    name: 'JSON that is no event (core)',
    message: messageOf('{"hello":"world"}', { contentType: 'application/json' }),
    profile: 'core',
    codes: [
      'envelope.specversion.missing',
      'envelope.id.missing',
      'envelope.source.missing',
      'envelope.type.missing',
    ],
  },
];

/** An object that nests so deep. */
function nested(depth: number): unknown {
  return depth === 0 ? 1 : { n: nested(depth - 1) };
}
