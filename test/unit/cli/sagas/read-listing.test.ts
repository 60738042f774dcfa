import { describe, expect, it } from 'vitest';
import { phases, readListing } from '../../../../cli/sagas/read-listing.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { ListedSaga, SagaListing } from '../../../../shared/ports/saga-listing.ts';

function saga(sagaId: string, phase: ListedSaga['phase']): ListedSaga {
  return {
    ...{ sagaId, phase, definition: 'order-fulfilment', variant: 'orchestration', reason: '' },
    startedAt: epochMs(1_777_600_000_000),
    changedAt: epochMs(1_777_600_000_000),
  };
}

/** A listing in pages of two; `between` happens before each page. */
function listingOf(rows: ListedSaga[], between: () => void = () => undefined) {
  const list: SagaListing['list'] = (phase, _size, from = '0') => {
    between();
    const own = rows.filter((row) => row.phase === phase);
    const start = Number(from);
    const next = start + 2 < own.length ? String(start + 2) : undefined;
    return Promise.resolve({ sagas: own.slice(start, start + 2), next });
  };
  return { list };
}

describe('reading the list of sagas', () => {
  it('reads every page of every phase', async () => {
    const rows = phases.flatMap((phase) =>
      ['a', 'b', 'c', 'd', 'e'].map((name) => saga(`${phase}-${name}`, phase)),
    );
    expect(await readListing(listingOf(rows))).toEqual(rows);
  });

  it('meets a saga that goes its way meanwhile once, whenever it moves', async () => {
    const moves = ['completed', 'compensating', 'compensated'] as const;
    const calls = phases.length;
    // Each move happens before one of the readings, in every combination.
    for (let code = 0; code < calls ** moves.length; code += 1) {
      const at = moves.map((_, index) => Math.floor(code / calls ** index) % calls);
      if (at.some((call, index) => call < (at[index - 1] ?? 0))) continue;
      const rows = [saga('SO-1', 'running')];
      let call = 0;
      const listing = listingOf(rows, () => {
        for (const [index, phase] of moves.entries()) {
          if (at[index] === call) rows[0] = saga('SO-1', phase);
        }
        call += 1;
      });
      const found = await readListing(listing);
      expect(
        found.map(({ sagaId }) => sagaId),
        JSON.stringify(at),
      ).toEqual(['SO-1']);
    }
  });
});
