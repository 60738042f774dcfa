import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNode } from '../support/run-node.ts';
import { salesOrder } from '../support/events.ts';

interface Summary {
  readonly received: number;
  readonly landed: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly parked: number;
  readonly bySource: Readonly<Record<string, { readonly received: number }>>;
  readonly tables: Readonly<Record<string, { readonly rows: number }>>;
  readonly deadLetterCodes: Readonly<Record<string, number>>;
}

interface DeadLetter {
  readonly error_code: string;
  readonly error_category: string;
  readonly violations: string;
  readonly raw_payload: string;
  readonly payload_encoding: string;
  readonly payload_size: number;
  readonly original_event_id: string | null;
}

const raw = (send: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ $send: { to: 'hub', mode: 'raw', ...send } });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const line = (event: unknown): string => JSON.stringify(event);

const repeated = salesOrder();
const altered = salesOrder();
const good = [salesOrder(), salesOrder({ extra: 'kept', subject: "../'; drop table x; --" })];
const oversizedText = JSON.stringify(salesOrder({ data: { order_id: 'x'.repeat(300 * 1024) } }));

/** One line of the feed for every kind of bad input, with the code that it must get. */
const bad: readonly (readonly [code: string, line: string])[] = [
  ['json.malformed', 'this is no JSON'],
  ['json.truncated', raw({ bodyText: JSON.stringify(salesOrder()).slice(0, -10) })],
  ['bytes.not_utf8', raw({ bodyBase64: base64(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)) })],
  ['bytes.empty', raw({ bodyText: '' })],
  ['json.too_deep', raw({ bodyText: `{"data":${'['.repeat(2_000)}${']'.repeat(2_000)}}` })],
  ['size.exceeded', raw({ bodyText: oversizedText })],
  ['envelope.id.not_uuid', line(salesOrder({ id: '../../etc/passwd' }))],
  ['envelope.type.not_five_part', line(salesOrder({ type: 'com.acme.$metadata' }))],
  ['envelope.subject.invalid_characters', line(salesOrder({ subject: 'SO\u0000' }))],
  ['type.unregistered', line(salesOrder({ type: 'com.acme.erp.salesorder.exploded' }))],
  ['schema.version_unregistered', line(salesOrder({ schemaversion: '99' }))],
  ['schema.data.required:order_id', line(salesOrder({ data: { customer_id: 'C' } }))],
  ['batch.empty', raw({ bodyText: '[]', properties: {} })],
  ['idempotency.payload_mismatch', line({ ...altered, data: { ...altered.data, order_total: 1 } })],
];

const feed = [
  ...good.map(line),
  line(repeated),
  line(altered),
  ...bad.map(([, text]) => text),
  line(repeated),
];

let folder: string;
let summary: Summary;
let deadLetters: readonly DeadLetter[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-e2e-'));
  const files = { feed: join(folder, 'feed.ndjson'), summary: join(folder, 'summary.json') };
  await writeFile(files.feed, feed.join('\n'));
  const data = ['--data', join(folder, 'data')];
  await runNode([
    'local/start.ts',
    '--once',
    '--feed',
    files.feed,
    '--summary',
    files.summary,
    ...data,
  ]);
  summary = JSON.parse(await readFile(files.summary, 'utf8')) as Summary;
  const rows = await runNode([
    'cli/sql.ts',
    '--json',
    ...data,
    'select * from brz_event_dead_letter',
  ]);
  deadLetters = JSON.parse(rows.stdout) as DeadLetter[];
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('bad input', () => {
  it('gets one dead letter each, under its own code, and disturbs nothing else', () => {
    const expected = new Map<string, number>();
    for (const [code] of bad) expected.set(code, (expected.get(code) ?? 0) + 1);
    expect(summary.deadLetterCodes).toEqual(Object.fromEntries(expected));
    expect(summary).toMatchObject({
      received: feed.length,
      landed: good.length + 2,
      duplicate: 1,
      deadLettered: bad.length,
      parked: 0,
    });
  });

  it('leaves one row per dead letter with all its violations', () => {
    expect(deadLetters).toHaveLength(bad.length);
    for (const letter of deadLetters) {
      expect(letter.error_category).toBe('schema');
      const violations = JSON.parse(letter.violations) as { readonly code: string }[];
      expect(violations[0]?.code).toBe(letter.error_code);
    }
  });

  it('keeps the bytes of what could not be read', () => {
    const byCode = new Map(deadLetters.map((letter) => [letter.error_code, letter]));
    expect(byCode.get('bytes.not_utf8')).toMatchObject({
      payload_encoding: 'base64',
      raw_payload: base64(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)),
    });
    expect(byCode.get('size.exceeded')).toMatchObject({ payload_encoding: 'blob' });
    expect(Number(byCode.get('size.exceeded')?.payload_size)).toBe(oversizedText.length);
  });

  it('keeps the envelope of an event whose data is wrong', () => {
    const letter = deadLetters.find(({ error_code }) => error_code.startsWith('schema.data'));
    expect(letter?.original_event_id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a bad feed directive', () => {
  it('stops with its line number before anything is published', async () => {
    const file = join(folder, 'bad-feed.ndjson');
    await writeFile(file, [line(salesOrder()), '{"$send":{"to":"nowhere"}}'].join('\n'));
    const data = join(folder, `data-${randomUUID()}`);
    const run = await runNode(['local/start.ts', '--once', '--feed', file, '--data', data], {
      expectFailure: true,
    });
    expect(run.code).not.toBe(0);
    expect(run.stderr + run.stdout).toMatch(/line 2/);
  });
});
