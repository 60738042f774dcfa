import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { DueRows } from '../../../shared/ports/due-rows.ts';

/** What every adapter of `DueRows` must do. `open` gives empty rows. */
export function dueRowsContract(name: string, open: () => Promise<DueRows>): void {
  const at = (offset: number) => epochMs(1_790_000_000_000 + offset);

  describe(`DueRows contract: ${name}`, () => {
    it('gives back the text and the instant of a row, however long the text', async () => {
      const rows = await open();
      const row = { text: '"\\u00e4'.repeat(30_000), dueAt: at(5) };
      expect(await rows.insert('SO-1', row)).toBe(true);
      expect((await rows.read('SO-1'))?.row).toEqual(row);
      expect(await rows.read('SO-2')).toBeUndefined();
    });

    it('inserts a row once', async () => {
      const rows = await open();
      const inserts = ['a', 'b', 'c'].map((text) => rows.insert('SO-1', { text, dueAt: at(1) }));
      expect((await Promise.all(inserts)).filter(Boolean)).toHaveLength(1);
    });

    it('replaces a row only as it was read', async () => {
      const rows = await open();
      await rows.insert('SO-1', { text: 'old', dueAt: at(1) });
      const former = await rows.read('SO-1');
      if (former === undefined) throw new Error('nothing was inserted');
      expect(await rows.replace('SO-1', { text: 'new', dueAt: at(1) }, former)).toBe(true);
      expect(await rows.replace('SO-1', { text: 'late', dueAt: at(1) }, former)).toBe(false);
      expect(await rows.replace('SO-1', { text: 'late', dueAt: at(9) }, former)).toBe(false);
      expect((await rows.read('SO-1'))?.row.text).toBe('new');
      expect(await rows.due(at(20), 10)).toEqual([{ id: 'SO-1', dueAt: at(1) }]);
    });

    it('finds rows that are due, the longest overdue first, and no other', async () => {
      const rows = await open();
      for (const [id, dueAt] of [
        ['SO-3', at(3)],
        ['SO-1', at(1)],
        ['SO-2', at(2)],
        ['SO-9', at(9)],
        ['SO=C3=A4', at(4)],
        ['never', undefined],
      ] as const) {
        await rows.insert(id, { text: id, dueAt });
      }
      const ids = (await rows.due(at(4), 10)).map(({ id }) => id);
      expect(ids).toEqual(['SO-1', 'SO-2', 'SO-3', 'SO=C3=A4']);
      expect(await rows.due(at(4), 1)).toEqual([{ id: 'SO-1', dueAt: at(1) }]);
      expect(await rows.due(at(0), 10)).toEqual([]);
    });

    it('finds a row where it was moved to, and nowhere once it is never due', async () => {
      const rows = await open();
      await rows.insert('SO-1', { text: 'a', dueAt: at(1) });
      const move = async (text: string, dueAt: ReturnType<typeof at> | undefined) => {
        const former = await rows.read('SO-1');
        if (former !== undefined)
          expect(await rows.replace('SO-1', { text, dueAt }, former)).toBe(true);
      };
      await move('b', at(5));
      expect(await rows.due(at(4), 10)).toEqual([]);
      expect(await rows.due(at(5), 10)).toEqual([{ id: 'SO-1', dueAt: at(5) }]);
      await move('c', undefined);
      expect(await rows.due(at(99), 10)).toEqual([]);
      await move('d', at(7));
      expect(await rows.due(at(99), 10)).toEqual([{ id: 'SO-1', dueAt: at(7) }]);
    });
  });
}
