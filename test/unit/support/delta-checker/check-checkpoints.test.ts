import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeGoodTable, type GoodTable } from '../../../support/good-table.ts';
import { checkpointPath } from '../../../support/hand-made-table.ts';

let table: GoodTable;

beforeAll(async () => {
  table = await makeGoodTable();
});

afterAll(() => table.maker.close());

describe('checkDeltaTable on faulty checkpoints', () => {
  it('reports a checkpoint without a commit of its version', async () => {
    const broken = await table.rulesBrokenBy((files) => {
      files.set(checkpointPath(9), files.get(checkpointPath(2)) ?? new Uint8Array());
    });
    expect(broken).toContain('checkpoint.orphan');
  });

  it('reports a row of a checkpoint that is no single action', async () => {
    const checkpoint = await table.maker.parquet(`SELECT 1 AS nonsense`);
    const broken = await table.rulesBrokenBy((files) => {
      files.set(checkpointPath(2), checkpoint);
    });
    expect(broken).toContain('checkpoint.content');
  });

  it.each([
    ['a txn', { txn: 2 }],
    ['a file size', { sizeA: 1 }],
  ])('reports a checkpoint that differs from the commits in %s', async (_what, change) => {
    const checkpoint = await table.makeCheckpoint(change);
    const broken = await table.rulesBrokenBy((files) => {
      files.set(checkpointPath(2), checkpoint);
    });
    expect(broken).toEqual(new Set(['checkpoint.replay']));
  });

  it('reports a checkpoint that has lost a tombstone too early', async () => {
    const broken = await table.rulesBrokenBy((files) => {
      files.set(checkpointPath(3), files.get(checkpointPath(2)) ?? new Uint8Array());
    });
    expect(broken).toContain('checkpoint.replay');
  });

  it.each(['{"version":1,"size":5}', '{"version":2,"size":4}'])(
    'reports the hint %s',
    async (hint) => {
      const broken = await table.rulesBrokenBy((files) => {
        files.set('_delta_log/_last_checkpoint', new TextEncoder().encode(hint));
      });
      expect(broken).toEqual(new Set(['checkpoint.hint']));
    },
  );
});
