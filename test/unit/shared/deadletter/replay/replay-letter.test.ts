import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../../shared/kernel/app-error.ts';
import { replayLetter } from '../../../../../shared/deadletter/replay/replay-letter.ts';
import type { DeadLetterRecord } from '../../../../../shared/ports/dead-letters.ts';
import type { ReplayProbe } from '../../../../../shared/ports/replays.ts';
import { createReplayWorld, eventLetter } from '../../../../support/dead-letters/replay-world.ts';

const operator = { by: 'ada', why: 'a test', isDryRun: false };

async function worldOf(fields: Partial<DeadLetterRecord> = {}) {
  const record = eventLetter('one', 0, fields);
  const world = createReplayWorld([record]);
  await world.record();
  return { ...world, id: record.id };
}

function textOf(fields: object): DeadLetterRecord['payload'] {
  const content = JSON.stringify(fields);
  return { encoding: 'utf8', content, sizeBytes: content.length };
}

describe('where a letter is replayed to', () => {
  it.each([
    ['events', 'hub', 'bronze-landing'],
    ['Topic/subscriptions/RELAY', 'hub', 'bronze-landing'],
    ['orders', 'queue', 'orders'],
    ['topic/Subscriptions/sagas', 'handler', 'dead-letter-replays'],
    ['foreign/subscriptions/theirs', 'queue', 'theirs-repair'],
  ])('%s: the %s %s', async (origin, kind, entity) => {
    const { id, replay, sent } = await worldOf({ origin });
    expect(await replay(id)).toMatchObject({ outcome: 'replayed', target: entity });
    expect(sent).toMatchObject([{ target: { kind, entity }, content: { origin } }]);
  });

  it('what died in the queue of replays: the consumer that it was there for', async () => {
    const { id, replay, sent } = await worldOf({
      origin: 'dead-letter-replays',
      properties: JSON.stringify({ 'bronzeflow-origin': 'topic/Subscriptions/sagas' }),
    });
    await replay(id);
    expect(sent).toMatchObject([
      { target: { kind: 'handler' }, content: { origin: 'topic/Subscriptions/sagas' } },
    ]);
  });

  it.each(['eventgrid/a/b', 'topic/Subscriptions/others', 'dead-letters', '__proto__', ''])(
    '%j: nowhere, as nothing reaches it alone',
    async (origin) => {
      const { id, replay, sent, store } = await worldOf({ origin });
      expect(await replay(id)).toMatchObject({ outcome: 'skipped', code: 'replay.no_way' });
      expect(await replay(id, { isDryRun: true })).toMatchObject({ outcome: 'no-way' });
      expect([sent, (await store.show(id))?.staged]).toEqual([[], undefined]);
    },
  );
});

describe('what is replayed', () => {
  it('is the message as it died, named as a replay', async () => {
    const { id, replay, sent } = await worldOf({
      sessionId: 'S',
      partitionKey: 'S',
      properties: JSON.stringify({ tenant: 'a', 'bronzeflow-dead-letter': 'former', n: 7 }),
    });
    await replay(id);
    const [{ content } = {}] = sent;
    expect(content).toMatchObject({
      deadLetterId: id,
      isEdited: false,
      sessionId: 'S',
      orderBy: 'S',
    });
    expect([...(content?.properties ?? [])]).toEqual([
      ['tenant', 'a'],
      ['n', 7],
    ]);
    expect(JSON.parse(Buffer.from(content?.body ?? []).toString())).toMatchObject({ id: 'one' });
  });

  it('is every byte of what was no text, or too large for a row', async () => {
    const bytes = Uint8Array.of(0x7b, 0xff, 0x00);
    const base64 = Buffer.from(bytes).toString('base64');
    const small = await worldOf({ payload: { encoding: 'base64', content: base64, sizeBytes: 3 } });
    const probe: ReplayProbe = { predict: () => Promise.resolve({ kind: 'would-pass' }) };
    const file = await small.store.show(small.id);
    if (file === undefined) throw new Error('no letter');
    const seen: Uint8Array[] = [];
    const sender = {
      send: (_target: unknown, _id: string, { body }: { body: Uint8Array }) =>
        Promise.resolve(void seen.push(body)),
    };
    await replayLetter({ ...small.portsOf(), probe, sender }, file, operator);
    expect(seen.map((body) => [...body])).toEqual([[...bytes]]);

    const large = await worldOf({
      payload: { encoding: 'blob', content: 'payloads/x', sizeBytes: 9 },
    });
    expect(await large.replay(large.id)).toMatchObject({ code: 'replay.payload_lost' });
    large.putBlob('payloads/x', Buffer.from('{"id":"one","source":"/s"}'));
    expect(await large.replay(large.id)).toMatchObject({ outcome: 'replayed' });
  });

  it('is one event, where it died as part of a batch', async () => {
    const contentType = 'application/cloudevents-batch+json';
    const { id, replay, sent } = await worldOf({ contentType });
    await replay(id);
    expect(sent[0]?.content.contentType).toBe('application/cloudevents+json');
  });
});

describe('an edit', () => {
  const patch = '[{"op":"replace","path":"/data/n","value":9007199254740993.10}]';

  it('changes what it names and nothing else', async () => {
    const content =
      '{ "id":"one","source":"/s","specversion":"1.0","data":{"n":1,"big":12345678901234567890} }';
    const { id, replay, sent, store } = await worldOf({
      payload: { encoding: 'utf8', content, sizeBytes: content.length },
    });
    await replay(id, { patch, from: '203.0.113.7' });
    expect(Buffer.from(sent[0]?.content.body ?? []).toString()).toBe(
      content.replace('"n":1', '"n":9007199254740993.10'),
    );
    expect(sent[0]?.content.isEdited).toBe(true);
    expect((await store.show(id))?.audit).toMatchObject([
      { by: 'ada', why: 'a test', from: '203.0.113.7', replay: { patch } },
    ]);
  });

  it('makes an event of binary mode one of structured mode', async () => {
    const content = '{"n":1}';
    const { id, replay, sent } = await worldOf({
      contentType: 'application/json',
      properties: JSON.stringify({
        'cloudEvents:id': 'one',
        'cloudEvents:source': '/s',
        'ce-sequence': 7,
        tenant: 'a',
      }),
      payload: { encoding: 'utf8', content, sizeBytes: 7 },
    });
    await replay(id, { patch });
    const edited = sent[0]?.content;
    expect(edited?.contentType).toBe('application/cloudevents+json');
    expect([...(edited?.properties ?? [])]).toEqual([['tenant', 'a']]);
    expect(Buffer.from(edited?.body ?? []).toString()).toBe(
      '{"id":"one","source":"/s","sequence":7,"datacontenttype":"application/json","data":{"n":9007199254740993.10}}',
    );
  });

  it.each([
    ['[{"op":"replace","path":"/id","value":"two"}]', 'replay.identity_changed'],
    ['[{"op":"remove","path":"/source"}]', 'replay.identity_changed'],
    ['[{"op":"replace","path":"","value":{"data":1}}]', 'replay.identity_changed'],
    ['[{"op":"remove","path":"/nothing"}]', 'replay.patch_failed'],
  ])('%s is refused: %s', async (refused, code) => {
    const { id, replay, sent } = await worldOf();
    expect(await replay(id, { patch: refused })).toMatchObject({ outcome: 'skipped', code });
    expect(await replay(id, { patch: refused, isDryRun: true })).toMatchObject({
      outcome: 'would-fail',
      code,
    });
    expect(sent).toEqual([]);
  });

  it('may give an identity to an event that had none', async () => {
    const { id, replay } = await worldOf({ payload: textOf({ id: 7, source: '/s' }) });
    const given = '[{"op":"replace","path":"/id","value":"one"}]';
    expect(await replay(id, { patch: given })).toMatchObject({ outcome: 'replayed' });
  });

  it.each(['not json', '[1]', '"text"', ''])('%j cannot be edited', async (content) => {
    const { id, replay } = await worldOf({ payload: { encoding: 'utf8', content, sizeBytes: 1 } });
    expect(await replay(id, { patch })).toMatchObject({
      outcome: 'skipped',
      code: 'replay.not_json',
    });
  });
});

describe('what would be refused for good', () => {
  it.each([
    ['schema.data.required:x', 'replay.invalid'],
    ['idempotency.payload_mismatch', 'replay.payload_mismatch'],
  ])('%s is not sent: %s', async (violation, code) => {
    const { id, portsOf, sent, store } = await worldOf();
    const violations = [{ code: violation, detail: '' }] as const;
    const probe: ReplayProbe = {
      predict: () => Promise.resolve({ kind: 'would-fail', violations }),
    };
    const file = await store.show(id);
    if (file === undefined) throw new Error('no letter');
    expect(await replayLetter({ ...portsOf(), probe }, file, operator)).toMatchObject({
      ...{ outcome: 'skipped', code, violations },
    });
    expect([sent, (await store.show(id))?.staged]).toEqual([[], undefined]);
  });
});

describe('a broker', () => {
  const failing = (kind: 'transient' | 'permanent') =>
    new AppError(kind === 'transient' ? 'broker.unavailable' : 'message.refused', 'no', { kind });

  async function sendTo(world: Awaited<ReturnType<typeof worldOf>>, error: AppError) {
    const file = await world.store.show(world.id);
    if (file === undefined) throw new Error('no letter');
    const sender = { send: () => Promise.reject(error) };
    return await replayLetter({ ...world.portsOf(), sender }, file, operator);
  }

  it('that does not answer leaves the intent, which goes on under its id', async () => {
    const world = await worldOf();
    const failed = await sendTo(world, failing('transient'));
    expect(failed).toMatchObject({ outcome: 'failed', code: 'broker.unavailable' });
    expect(
      await world.replay(world.id, { patch: '[{"op":"remove","path":"/data"}]' }),
    ).toMatchObject({
      ...{ outcome: 'skipped', code: 'replay.under_way' },
    });
    const replayed = await world.replay(world.id);
    expect(replayed).toMatchObject({ outcome: 'replayed', replayId: failed.replayId });
  });

  it('that refuses the message for good leaves the letter as it was', async () => {
    const world = await worldOf();
    const refused = await sendTo(world, failing('permanent'));
    expect(refused).toMatchObject({ outcome: 'skipped', code: 'replay.refused' });
    expect((await world.store.show(world.id))?.staged).toBeUndefined();
    await world.store.settle(world.id, { action: 'discard', by: 'ada', why: 'too large' });
    expect(await world.replay(world.id)).toMatchObject({ code: 'replay.state' });
  });
});
