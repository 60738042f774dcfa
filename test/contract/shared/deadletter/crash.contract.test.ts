import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { describe, expect, inject, it } from 'vitest';
import { dimensions } from '../../../../shared/deadletter/keys.ts';
import {
  createTableDeadLetterDesk,
  createTableDeadLetterIntake,
} from '../../../../shared/deadletter/table-dead-letters.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import {
  createMemoryAnnouncements,
  type MemoryAnnouncements,
} from '../../../support/dead-letters/memory-announcements.ts';
import {
  letterId,
  sampleInstant,
  sampleLetter,
} from '../../../support/dead-letters/sample-letters.ts';

const operator = { by: 'ada', why: 'a test' };
const later = epochMs(sampleInstant + 600_000);
const record = sampleLetter('one', { sessionId: 's' });

async function createTable(): Promise<TableClient> {
  const name = `crash${randomUUID().replaceAll('-', '')}`;
  const table = TableClient.fromConnectionString(inject('storageConnection'), name, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  return table;
}

function openDesk(table: TableClient, resolutions = createMemoryAnnouncements()) {
  const clock = { now: () => epochMs(sampleInstant) };
  const parts = { table, clock, newId: randomUUID, resolutions };
  return { ...createTableDeadLetterIntake(parts), ...createTableDeadLetterDesk(parts) };
}

/** The process ends at the n-th change: before the store has made it, or before it knows. */
function crashAt(table: TableClient, nth: number, isMade: boolean): TableClient {
  let changes = 0;
  const changing = new Set(['submitTransaction', 'deleteEntity', 'upsertEntity']);
  return new Proxy(table, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (!changing.has(String(name))) return member.bind(target) as unknown;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        changes += 1;
        if (changes > nth) throw new Error('crashed');
        if (changes < nth || isMade)
          await (Reflect.apply(member, target, args) as Promise<unknown>);
        if (changes === nth) throw new Error('crashed');
        return { status: 202, subResponses: [] };
      };
    },
  });
}

/** Every list that a letter stands in, with its state, and what is still pending. */
async function readIndex(table: TableClient): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { partitionKey, rowKey } of table.listEntities()) {
    const key = `${String(partitionKey)} ${String(rowKey)}`;
    const listed = /^(by-[a-z]+)[^ ]* ([a-z]+)/.exec(key);
    if (listed !== null) found.push(listed.slice(1).join(' '));
    const other = /^payload|pending|unsent/.exec(key);
    if (other !== null) found.push(other[0]);
  }
  return found.toSorted();
}

const listedAs = (state: string): readonly string[] =>
  [...dimensions.map((dimension) => `by-${dimension} ${state}`), 'payload'].toSorted();

/** Runs until the work survives; each time with a fresh table that crashes one change later. */
async function crashEverywhere(
  prepare: (table: TableClient) => Promise<void>,
  work: (table: TableClient) => Promise<unknown>,
  check: (table: TableClient) => Promise<void>,
): Promise<number> {
  for (let nth = 1; ; nth += 1) {
    for (const isMade of [false, true]) {
      const table = await createTable();
      await prepare(table);
      const crashed = await work(crashAt(table, nth, isMade)).then(
        () => false,
        () => true,
      );
      await check(table);
      if (!crashed) return nth;
    }
  }
}

describe('a crash at any change of the table', () => {
  it('while a letter comes in is completed by the repeated record', async () => {
    const crashes = await crashEverywhere(
      () => Promise.resolve(),
      (table) => openDesk(table).record([record]),
      async (table) => {
        await openDesk(table).record([record]);
        expect((await readIndex(table)).filter((row) => row !== 'pending')).toEqual(
          listedAs('open'),
        );
        await openDesk(table).heal(later);
        expect(await readIndex(table)).toEqual(listedAs('open'));
        expect(await openDesk(table).tallies()).toMatchObject([{ counts: { open: 1 } }]);
      },
    );
    expect(crashes).toBeGreaterThan(6);
  });

  it('while a letter comes in is completed by the timer alone, or leaves nothing', async () => {
    await crashEverywhere(
      () => Promise.resolve(),
      (table) => openDesk(table).record([record]),
      async (table) => {
        const desk = openDesk(table);
        await desk.heal(later);
        const isThere = (await desk.show(record.id)) !== undefined;
        expect(await readIndex(table)).toEqual(isThere ? listedAs('open') : []);
        expect(await desk.tallies()).toHaveLength(isThere ? 1 : 0);
      },
    );
  });

  it('while a letter is settled leaves it in the lists of one state only, counted once', async () => {
    const crashes = await crashEverywhere(
      (table) => openDesk(table).record([record]),
      (table) => openDesk(table).settle(record.id, { action: 'discard', ...operator }),
      async (table) => {
        const desk = openDesk(table);
        await desk.heal(later);
        await desk.announce(later);
        const file = await desk.show(record.id);
        const state = file?.resolution.state ?? '';
        expect(await readIndex(table)).toEqual(listedAs(state));
        expect(file?.audit).toHaveLength(state === 'open' ? 0 : 1);
        expect(await desk.tallies()).toMatchObject([{ counts: { [state]: 1 } }]);
      },
    );
    expect(crashes).toBeGreaterThan(6);
  });

  it('while a payload is purged is completed by the next purge', async () => {
    await crashEverywhere(
      (table) => openDesk(table).record([record]),
      (table) => openDesk(table).settle(record.id, { action: 'purge', ...operator }),
      async (table) => {
        const desk = openDesk(table);
        await desk.heal(later);
        await desk.announce(later);
        for (const { id } of await desk.expired({ before: later, limit: 10 })) {
          await desk.settle(id, { action: 'purge', ...operator });
        }
        const purged = listedAs('purged').filter((row) => row !== 'payload');
        expect(await readIndex(table)).toEqual(purged);
        expect((await desk.show(record.id))?.record.payload.content).toBe('');
      },
    );
  });

  it('heals nothing that somebody may still be at', async () => {
    const table = await createTable();
    await openDesk(crashAt(table, 2, false))
      .record([record])
      .catch(() => undefined);
    expect(await openDesk(table).heal(epochMs(sampleInstant))).toBe(0);
    expect(await readIndex(table)).toContain('pending');
    expect(await openDesk(table).heal(later)).toBe(1);
    expect(await openDesk(table).heal(later)).toBe(0);
  });
});

describe('the announcement of a change', () => {
  const discard = { action: 'discard', ...operator } as const;
  const told = ({ changes }: MemoryAnnouncements) =>
    changes.map(({ number, resolution }) => `${number} ${resolution.state}`);

  it('is made, wherever a crash comes, when the change was made, and at no other time', async () => {
    let known = createMemoryAnnouncements();
    await crashEverywhere(
      async (table) => {
        known = createMemoryAnnouncements();
        await openDesk(table).record([record]);
      },
      (table) => openDesk(table, known).settle(record.id, discard),
      async (table) => {
        const desk = openDesk(table, known);
        await desk.heal(later);
        await desk.announce(later);
        const isChanged = (await desk.show(record.id))?.resolution.state === 'discarded';
        expect([...new Set(told(known))]).toEqual(isChanged ? ['1 discarded'] : []);
        expect(await readIndex(table)).not.toContain('unsent');
      },
    );
  });

  it('waits for a hub that is down, each change as it was made', async () => {
    const [table, known] = [await createTable(), createMemoryAnnouncements()];
    const desk = openDesk(table, known);
    await desk.record([record]);
    known.isDown = true;
    for (const action of ['discard', 'restore', 'replay', 'purge'] as const) {
      expect(await desk.settle(record.id, { action, ...operator })).toMatchObject({
        kind: 'settled',
      });
    }
    await expect(desk.announce(later)).rejects.toThrow('down');
    known.isDown = false;
    expect(await desk.announce(epochMs(sampleInstant))).toBe(0);
    expect(await desk.announce(later)).toBe(4);
    expect(await desk.announce(later)).toBe(0);
    expect(told(known).toSorted()).toEqual(['1 discarded', '2 open', '3 replayed', '4 replayed']);
    const purged = known.changes.find(({ number }) => number === 4);
    const { payload, properties, contentType, sessionId, partitionKey, ...letter } = record;
    expect([payload.content, properties, contentType, sessionId, partitionKey]).toEqual([
      ...['{"größe":1}', '{}', 'application/cloudevents+json'],
      ...['s', null],
    ]);
    expect(purged).toEqual({
      letter,
      number: 4,
      resolution: { state: 'replayed', at: sampleInstant, ...operator },
      payloadPurgedAt: sampleInstant,
    });
  });
});

describe('two at one letter', () => {
  it('leave it listed once, after what each of them left pending is healed', async () => {
    const table = await createTable();
    const id = letterId('one');
    await openDesk(table).record([sampleLetter('one', { sessionId: 's' })]);
    const restores = Array.from({ length: 4 }, async (_, at) => {
      const action = at % 2 === 0 ? 'discard' : 'restore';
      await openDesk(table).settle(id, { action, ...operator });
      await openDesk(table).record([sampleLetter('one', { sessionId: 's' })]);
    });
    await Promise.all(restores);
    await openDesk(table).heal(later);
    const state = (await openDesk(table).show(id))?.resolution.state ?? '';
    expect(await readIndex(table)).toEqual(listedAs(state));
    expect(await openDesk(table).tallies()).toMatchObject([{ counts: { [state]: 1 } }]);
  });
});
