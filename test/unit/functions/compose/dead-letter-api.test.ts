import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../../functions/http-actor.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import { createDeskHouse, keyHolder } from '../../../support/dead-letters/desk-house.ts';
import { letterId, sampleInstant } from '../../../support/dead-letters/sample-letters.ts';

const reader: Caller = { name: 'rita', roles: ['DeadLetters.Read'], from: '' };
const operator: Caller = { name: 'otto', roles: ['DeadLetters.Operate'], from: '' };
const stranger: Caller = { name: 'sven', roles: ['Other'], from: '198.51.100.9' };
const nothingAtAll = '{"reason":"x","filter":{"type":"none"}}';
const because = JSON.stringify({ reason: 'the ERP team sends it again' });

function texts(query = '') {
  return new URLSearchParams(query);
}

type House = ReturnType<typeof createDeskHouse>;

function decide(
  { api }: House,
  verb: 'discard' | 'restore' | 'note',
  fields: { caller?: Caller; body?: string; ifMatch?: string; id?: string } = {},
) {
  const asked = { id: letterId('one'), caller: keyHolder, body: because, ifMatch: undefined };
  return api.decide({ ...asked, verb, ...fields });
}

function codeOf(result: { ok: boolean } & Partial<{ problem: { status: number; code: string } }>) {
  return result.ok ? 'ok' : `${result.problem?.status ?? 0} ${result.problem?.code ?? ''}`;
}

describe('listing', () => {
  it('pages through all of them, oldest first, each once', async () => {
    const house = createDeskHouse();
    await house.arrive(Array.from({ length: 7 }, (_, at) => `letter-${at}`));
    const met: string[] = [];
    let continuation: string | null = '';
    while (continuation !== null) {
      const next: string = continuation === '' ? '' : `&continuation=${continuation}`;
      const page = await house.api.list(keyHolder, texts(`pageSize=3${next}`));
      if (!page.ok) throw new Error(page.problem.code);
      met.push(...page.value.deadLetters.map(({ id }) => id));
      continuation = page.value.continuation;
    }
    expect(met).toEqual(Array.from({ length: 7 }, (_, at) => letterId(`letter-${at}`)));
  });

  it('shows instants as texts, and problems of the query', async () => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    const page = await house.api.list(keyHolder, texts());
    expect(page).toMatchObject({
      value: { deadLetters: [{ deadLetteredAt: '2026-11-20T08:00:00.000Z', state: 'open' }] },
    });
    expect(codeOf(await house.api.list(keyHolder, texts('state=x')))).toBe('400 state-unknown');
  });
});

describe('showing', () => {
  it('gives everything with the version, and 404 for what is no letter', async () => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    const shown = await house.api.show(keyHolder, letterId('one'));
    expect(shown).toMatchObject({
      value: { etag: '0', file: { id: letterId('one'), resolution: { state: 'open', at: null } } },
    });
    expect(codeOf(await house.api.show(keyHolder, "' or 1 eq 1"))).toBe(
      '404 dead-letter-not-found',
    );
  });
});

describe('groups', () => {
  it('count by cause, the largest first, beside what nobody has taken in yet', async () => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    await house.arrive(['two', 'three'], { code: 'saga.reply_refused', origin: 'saga-replies' });
    expect(await house.api.groups(keyHolder)).toMatchObject({
      value: {
        groups: [{ code: 'saga.reply_refused', counts: { open: 2 } }, { counts: { open: 1 } }],
        totals: { open: 3, discarded: 0, openByCategory: { schema: 3, poison: 0 } },
        backlog: null,
      },
    });
    const waiting = [{ entity: 'orders', count: 4 }];
    await house.metrics.keepBacklog({ at: epochMs(sampleInstant), waiting, unknown: ['x'] });
    expect(await house.api.groups(keyHolder)).toMatchObject({
      value: {
        backlog: { measuredAt: '2026-11-20T08:00:00.000Z', waiting, unknown: ['x'] },
      },
    });
  });
});

describe('deciding', () => {
  it('discards, notes and restores, and says in the audit who, when, what, why and from where', async () => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    await decide(house, 'discard');
    await decide(house, 'note');
    const restored = await decide(house, 'restore');
    expect(restored).toMatchObject({ value: { file: { resolution: { state: 'open' } } } });
    const file = restored.ok ? restored.value.file : undefined;
    const common = { by: 'ada', why: 'the ERP team sends it again', from: '203.0.113.7:4711' };
    expect(file?.audit).toMatchObject([
      { ...common, action: 'discard' },
      { ...common, action: 'note' },
      { ...common, action: 'restore' },
    ]);
    expect(file?.audit.every(({ at }) => at.startsWith('2026-11-20T08:00:00'))).toBe(true);
    expect(house.audited).toMatchObject([
      { verb: 'discard', id: letterId('one'), ...common, outcome: 'done' },
      { verb: 'note', outcome: 'done' },
      { verb: 'restore', outcome: 'done' },
    ]);
  });

  it('is about the version of If-Match only', async () => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    expect(codeOf(await decide(house, 'discard', { ifMatch: '7' }))).toBe(
      '412 dead-letter-changed',
    );
    const decided = await decide(house, 'discard', { ifMatch: '0' });
    expect(decided).toMatchObject({ value: { etag: '1' } });
  });

  it.each([
    ['nobody', { caller: { ...keyHolder, name: undefined } }, '401 actor-unknown'],
    ['no body', { body: '' }, '400 reason-missing'],
    ['no reason', { body: '{}' }, '400 reason-missing'],
    ['a blank reason', { body: '{"reason":" "}' }, '400 reason-missing'],
    [
      'a reason nobody reads',
      { body: JSON.stringify({ reason: 'x'.repeat(2_001) }) },
      '400 reason-missing',
    ],
    ['a body that is null', { body: 'null' }, '400 reason-missing'],
    ['no such letter', { id: letterId('other') }, '404 dead-letter-not-found'],
    ['a letter that was never discarded', {}, '409 state-conflict'],
  ])('is refused with %s, and the attempt is audited', async (_what, fields, code) => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    expect(codeOf(await decide(house, 'restore', fields))).toBe(code);
    expect(house.audited).toMatchObject([{ verb: 'restore', outcome: code.split(' ')[1] }]);
    const file = await house.desk.show(letterId('one'));
    expect(file?.audit).toEqual([]);
  });
});

describe('roles', () => {
  it('let readers read and operators do both; others nothing, and that is audited', async () => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    const { api } = house;
    const attempts = async (caller: Caller) => [
      codeOf(await api.list(caller, texts())),
      codeOf(await api.groups(caller)),
      codeOf(await api.show(caller, letterId('one'))),
      codeOf(await api.export(caller, texts())),
      codeOf(await decide(house, 'note', { caller })),
      codeOf(await api.settleSlice({ ...{ verb: 'discard', caller }, body: nothingAtAll })),
    ];
    expect(await attempts(operator)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
    const forbidden = '403 role-missing';
    expect(await attempts(reader)).toEqual(['ok', 'ok', 'ok', 'ok', forbidden, forbidden]);
    house.audited.length = 0;
    expect(new Set(await attempts(stranger))).toEqual(new Set([forbidden]));
    expect(house.audited.map(({ verb, by, from, outcome }) => [verb, by, from, outcome])).toEqual(
      ['list', 'groups', 'show', 'export', 'note', 'discard'].map((verb) => [
        ...[verb, 'sven', '198.51.100.9', 'role-missing'],
      ]),
    );
  });

  it('name the role that is missing, and say nothing of the letter', async () => {
    const house = createDeskHouse();
    const refused = await decide(house, 'note', { caller: reader, id: letterId('none') });
    expect(refused).toMatchObject({
      problem: { status: 403, remedy: expect.stringContaining('DeadLetters.Operate') as string },
    });
  });

  it('are not asked for without App Service authentication: the function key decides', async () => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    expect(codeOf(await decide(house, 'discard', { caller: keyHolder }))).toBe('ok');
  });
});

describe('discarding many', () => {
  function discard({ api }: House, body: object, caller = keyHolder) {
    const text = JSON.stringify({ reason: 'a test', ...body });
    return api.settleSlice({ verb: 'discard', caller, body: text });
  }

  it('goes slice by slice, oldest first, and meets nothing twice', async () => {
    const house = createDeskHouse();
    await house.arrive(Array.from({ length: 5 }, (_, at) => `letter-${at}`));
    await house.arrive(['other'], { type: 'com.acme.other' });
    const filter = { type: 'com.acme.erp.order.created' };
    const first = await discard(house, { filter, limit: 3 });
    expect(first).toMatchObject({
      value: {
        ...{ settled: 3, skipped: 0 },
        outcomes: [0, 1, 2].map((at) => ({ id: letterId(`letter-${at}`), outcome: 'settled' })),
        continuation: expect.any(String) as string,
      },
    });
    // Resuming is asking again, with or without the continuation.
    expect(await discard(house, { filter, limit: 3 })).toMatchObject({
      value: { settled: 2, continuation: null },
    });
    const left = await house.api.list(keyHolder, texts());
    expect(left).toMatchObject({ value: { deadLetters: [{ id: letterId('other') }] } });
    expect(house.audited).toMatchObject([
      { verb: 'discard', by: 'ada', why: 'a test', outcome: 'done: 3' },
      { filter: JSON.stringify(filter), outcome: 'done: 2' },
    ]);
  });

  it('is taken back in slices, too, of what was discarded', async () => {
    const house = createDeskHouse();
    await house.arrive(['one', 'two', 'three']);
    await discard(house, { filter: {}, limit: 2 });
    const body = JSON.stringify({ reason: 'a mistake', filter: {} });
    const restored = await house.api.settleSlice({ verb: 'restore', caller: keyHolder, body });
    expect(restored).toMatchObject({ value: { settled: 2, skipped: 0, continuation: null } });
    expect(await house.desk.show(letterId('one'))).toMatchObject({
      resolution: { state: 'open' },
      audit: [{ action: 'discard' }, { action: 'restore', why: 'a mistake', by: 'ada' }],
    });
  });

  it('keeps for each letter who did it', async () => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    await discard(house, { filter: {} }, operator);
    const file = await house.desk.show(letterId('one'));
    expect(file?.audit).toMatchObject([{ by: 'otto', action: 'discard', why: 'a test' }]);
  });

  it('says of a letter that somebody else has settled meanwhile that it was skipped', async () => {
    const house = createDeskHouse();
    await house.arrive(['one', 'two']);
    const list = house.desk.list.bind(house.desk);
    house.desk.list = async (query) => {
      const page = await list(query);
      await house.desk.settle(letterId('one'), { action: 'discard', by: 'eve', why: 'first' });
      return page;
    };
    expect(await discard(house, { filter: {} })).toMatchObject({
      value: {
        ...{ settled: 1, skipped: 1 },
        outcomes: [{ outcome: 'skipped', code: 'state-conflict' }, { outcome: 'settled' }],
      },
    });
  });

  it.each([
    [{ filter: { grup: 'x' } }, '400 filter-unknown'],
    [{}, '400 filter-unknown'],
    [{ filter: {}, limit: 0 }, '400 page-size-out-of-range'],
    [{ filter: {}, reason: '' }, '400 reason-missing'],
  ])('discards nothing for %o', async (body, code) => {
    const house = createDeskHouse();
    await house.arrive(['one']);
    expect(codeOf(await discard(house, body))).toBe(code);
    expect(house.audited).toMatchObject([{ verb: 'discard', outcome: code.split(' ')[1] }]);
    expect(await house.desk.show(letterId('one'))).toMatchObject({ audit: [] });
  });
});
