import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { ListedSaga, SagaListing } from '../../../shared/ports/saga-listing.ts';

const at = Date.UTC(2026, 10, 21, 8);

function newSaga(fields: Partial<ListedSaga> = {}): ListedSaga {
  return {
    sagaId: `SO-=2F${randomUUID().slice(0, 8)}`,
    definition: 'order-fulfilment',
    variant: 'orchestration',
    phase: 'running',
    startedAt: epochMs(at),
    changedAt: epochMs(at),
    reason: '',
    ...fields,
  };
}

/** What every listing of sagas must make true. `open` gives one that lists nothing yet. */
export function sagaListingContract(name: string, open: () => Promise<SagaListing>): void {
  describe(`SagaListing contract: ${name}`, () => {
    let listing: SagaListing;
    beforeEach(async () => {
      listing = await open();
    });
    const idsOf = async (phase: ListedSaga['phase']): Promise<readonly string[]> =>
      (await listing.list(phase, 100)).sagas.map(({ sagaId }) => sagaId);

    it('shows a saga as it was moved', async () => {
      const saga = newSaga({ phase: 'needs-human', reason: 'undo.failed' });
      await listing.move(saga, undefined);
      expect(await listing.list('needs-human', 10)).toEqual({ sagas: [saga], next: undefined });
    });

    it('shows a saga under its last phase only, whatever its former was said to be', async () => {
      const saga = newSaga();
      await listing.move(saga, undefined);
      await listing.move({ ...saga, phase: 'compensating', changedAt: epochMs(at + 1) }, 'running');
      // A crash left the caller with an old idea of where the saga stands.
      await listing.move({ ...saga, phase: 'compensated', changedAt: epochMs(at + 2) }, 'running');
      expect(await idsOf('running')).toEqual([]);
      expect(await idsOf('compensating')).toEqual([]);
      expect(await idsOf('compensated')).toEqual([saga.sagaId]);
    });

    it('takes a repeated move for done', async () => {
      const saga = newSaga();
      await listing.move(saga, undefined);
      await listing.move(saga, undefined);
      const moved = { ...saga, phase: 'completed', changedAt: epochMs(at + 5) } as const;
      await listing.move(moved, 'running');
      await listing.move(moved, 'running');
      expect(await idsOf('completed')).toEqual([saga.sagaId]);
      expect(await idsOf('running')).toEqual([]);
    });

    it('moves nothing back for a move that comes late', async () => {
      const saga = newSaga();
      await listing.move({ ...saga, phase: 'completed', changedAt: epochMs(at + 5) }, 'running');
      await listing.move(saga, undefined);
      expect(await idsOf('running')).toEqual([]);
      expect(await idsOf('completed')).toEqual([saga.sagaId]);
    });

    it('keeps one place for a saga that many move at once', async () => {
      const saga = newSaga();
      await listing.move(saga, undefined);
      const phases = ['compensating', 'completed', 'compensated'] as const;
      const moves = phases.map((phase, index) =>
        listing.move({ ...saga, phase, changedAt: epochMs(at + index + 1) }, 'running'),
      );
      await Promise.all(moves);
      const places = await Promise.all([...phases, 'running' as const].map(idsOf));
      expect(places.flat()).toEqual([saga.sagaId]);
      expect(await idsOf('compensated')).toEqual([saga.sagaId]);
    });

    it('pages through a phase, newest start first, and shows none twice', async () => {
      const sagas = [5, 1, 4, 2, 3].map((minute) =>
        newSaga({ startedAt: epochMs(at + minute * 60_000), changedAt: epochMs(at + 600_000) }),
      );
      for (const saga of sagas) await listing.move(saga, undefined);
      await listing.move(newSaga({ phase: 'completed' }), undefined);
      const starts: number[] = [];
      let from: string | undefined;
      do {
        const page = await listing.list('running', 2, from);
        expect(page.sagas.length).toBeLessThanOrEqual(2);
        starts.push(...page.sagas.map(({ startedAt }) => (startedAt - at) / 60_000));
        from = page.next;
      } while (from !== undefined);
      expect(starts).toEqual([5, 4, 3, 2, 1]);
    });

    it('answers a continuation that it never gave with an empty page', async () => {
      await listing.move(newSaga(), undefined);
      const hostile = "0' or PartitionKey ne '";
      expect(await listing.list('running', 10, hostile)).toEqual({ sagas: [], next: undefined });
    });
  });
}
