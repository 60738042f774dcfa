import { describe, expect, it } from 'vitest';
import { openExport } from '../../../../functions/compose/dead-letter-export.ts';
import type { LetterQuery } from '../../../../shared/ports/dead-letter-desk.ts';
import { createDeskHouse, keyHolder } from '../../../support/dead-letters/desk-house.ts';
import { letterId } from '../../../support/dead-letters/sample-letters.ts';

async function textOf(opened: Awaited<ReturnType<typeof openExport>>): Promise<string> {
  if (!opened.ok) throw new Error(opened.problem.code);
  let text = '';
  for await (const piece of opened.value.pieces) text += piece;
  return text;
}

describe('an export', () => {
  it('has a head and every letter that the filters let through', async () => {
    const house = createDeskHouse();
    await house.arrive(['one', 'two']);
    await house.arrive(['other'], { category: 'poison' });
    const query = new URLSearchParams('format=csv&category=schema');
    const lines = (await textOf(await openExport(house.desk, query))).split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe(
      'id,state,deadLetteredAt,origin,type,source,eventId,category,code,detail,failureGroup',
    );
    expect(lines[1]).toContain(letterId('one'));
    expect(lines[3]).toBe('');
  });

  it('is one JSON for each line as NDJSON, and empty when there is nothing', async () => {
    const house = createDeskHouse();
    const query = new URLSearchParams('format=ndjson');
    expect(await textOf(await openExport(house.desk, query))).toBe('');
    await house.arrive(['one', 'two']);
    const lines = (await textOf(await openExport(house.desk, query))).trimEnd().split('\n');
    const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual([letterId('one'), letterId('two')]);
  });

  it('reads a page only when the one before was taken', async () => {
    const asked: LetterQuery[] = [];
    const desk = {
      list: (query: LetterQuery) => {
        asked.push(query);
        const next = asked.length < 5 ? `page-${asked.length}` : undefined;
        return Promise.resolve({ letters: [], next });
      },
    };
    const opened = await openExport(desk, new URLSearchParams());
    if (!opened.ok) throw new Error(opened.problem.code);
    expect(asked).toHaveLength(1);
    const pieces = opened.value.pieces[Symbol.asyncIterator]();
    await pieces.next();
    await pieces.next();
    expect(asked).toHaveLength(1);
    await pieces.next();
    expect(asked).toMatchObject([{ size: 999 }, { after: 'page-1', size: 999 }]);
  });

  it('fails as a whole when the storage fails at its beginning, and breaks off when it does later', async () => {
    let calls = 0;
    const failing = (failsAt: number) => ({
      list: () =>
        (calls += 1) === failsAt
          ? Promise.reject(new Error('down'))
          : Promise.resolve({ letters: [], next: 'more' }),
    });
    await expect(openExport(failing(1), new URLSearchParams())).rejects.toThrow('down');
    calls = 0;
    await expect(textOf(await openExport(failing(2), new URLSearchParams()))).rejects.toThrow();
  });

  it('is refused in a format that there is not', async () => {
    const { api, audited } = createDeskHouse();
    const refused = await api.export(keyHolder, new URLSearchParams('format=xlsx&type=a'));
    expect(refused).toMatchObject({ problem: { status: 400, code: 'format-unknown' } });
    await api.export(keyHolder, new URLSearchParams('type=a'));
    expect(audited).toMatchObject([
      { verb: 'export', by: 'ada', outcome: 'format-unknown' },
      { verb: 'export', filter: 'type=a', outcome: 'begun' },
    ]);
  });
});
