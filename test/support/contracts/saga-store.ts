import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toSagaId } from '../../../shared/kernel/saga-id.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { SagaClaim, SagaEnding, SagaStore } from '../../../shared/ports/sagas.ts';

const at = epochMs(Date.UTC(2026, 10, 21, 8));

/** A claim of an order whose id no table key would take as it is. */
function newClaim(): SagaClaim {
  return {
    sagaId: toSagaId(`SO/'${randomUUID()}`) ?? '',
    definition: 'order-fulfilment',
    phase: 'claimed',
    startedBy: { source: '/erp/sap/orders', id: 'e-1' },
    facts: { order_id: "SO/'1", lines: [{ product_id: '__proto__', quantity: 2.5 }] },
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    claimedAt: at,
  };
}

const ending: SagaEnding = {
  outcome: 'needs-human',
  reason: { code: 'payment.declined', detail: 'no "funds" – 資金' },
  at,
  facts: { order_id: '1' },
  journal: [{ at, what: 'started' }],
  stuck: [{ step: 'ship-order', command: { data: { note: 'x'.repeat(150_000) } } }],
  seen: ['a/b/reply'],
};

/** What every store of sagas must make true. */
export function sagaStoreContract(name: string, open: () => Promise<SagaStore>): void {
  describe(`SagaStore contract: ${name}`, () => {
    it('lets exactly one of many concurrent claims of a saga in', async () => {
      const store = await open();
      const claim = newClaim();
      const claims = await Promise.all(Array.from({ length: 20 }, () => store.insert(claim)));
      expect(claims.filter((each) => each !== undefined)).toHaveLength(1);
    });

    it('gives a claim back as it was, however long', async () => {
      const store = await open();
      const claim: SagaClaim = {
        ...newClaim(),
        phase: 'closed',
        token: 't',
        enteredAt: at,
        ending,
        returnToken: 'r',
        returnedAt: at,
        returnEnding: { ...ending, outcome: 'compensated' },
      };
      await store.insert(claim);
      expect((await store.read(claim.sagaId))?.claim).toEqual(claim);
    });

    it('replaces a claim only as long as nobody else has', async () => {
      const store = await open();
      const claim = newClaim();
      const inserted = await store.insert(claim);
      const etag = inserted?.etag ?? '';
      const entered: SagaClaim = { ...claim, phase: 'running', token: 'first' };
      const replaced = await store.replace(entered, etag);
      expect(replaced?.claim).toEqual(entered);
      expect(await store.replace({ ...entered, token: 'second' }, etag)).toBeUndefined();
      expect(await store.read(claim.sagaId)).toEqual(replaced);
    });

    it('leaves nothing of a longer claim behind in a shorter one', async () => {
      const store = await open();
      const shorter = newClaim();
      const inserted = await store.insert({ ...shorter, ending });
      await store.replace(shorter, inserted?.etag ?? '');
      expect((await store.read(shorter.sagaId))?.claim).toEqual(shorter);
    });

    it('keeps replies and cancels of sagas that nobody has claimed', async () => {
      const store = await open();
      const { sagaId } = newClaim();
      const reply = { id: `${sagaId}/a/reply`, commandId: `${sagaId}/a`, receivedAt: at } as const;
      const cancel = { id: "event /x' or '1' eq '1", code: 'c', detail: 'd', receivedAt: at };
      await store.addReply(sagaId, { ...reply, outcome: 'refused', code: 'no' });
      await store.addCancel(sagaId, cancel);
      expect(await store.read(sagaId)).toBeUndefined();
      expect(await store.open(sagaId)).toEqual({
        stored: undefined,
        replies: [{ ...reply, outcome: 'refused', code: 'no' }],
        cancels: [cancel],
      });
    });

    it('keeps the first of two replies or cancels with one id, in the order of arrival', async () => {
      const store = await open();
      const claim = newClaim();
      await store.insert(claim);
      const later = epochMs(at + 1);
      const reply = { id: 'b', commandId: 'c', outcome: 'done', receivedAt: later } as const;
      await store.addReply(claim.sagaId, reply);
      await store.addReply(claim.sagaId, { ...reply, outcome: 'refused' });
      await store.addReply(claim.sagaId, { ...reply, id: 'z', receivedAt: at });
      await store.addCancel(claim.sagaId, { id: 'x', code: '1', detail: '', receivedAt: later });
      await store.addCancel(claim.sagaId, { id: 'x', code: '2', detail: '', receivedAt: at });
      const { stored, replies, cancels } = await store.open(claim.sagaId);
      expect(stored?.claim).toEqual(claim);
      expect(replies.map(({ id, outcome }) => [id, outcome])).toEqual([
        ['z', 'done'],
        ['b', 'done'],
      ]);
      expect(cancels.map(({ code }) => code)).toEqual(['1']);
    });

    it('opens one saga and nothing of another', async () => {
      const store = await open();
      const [left, right] = [newClaim(), newClaim()];
      await store.insert(left);
      await store.insert(right);
      await store.addCancel(right.sagaId, { id: 'x', code: '1', detail: '', receivedAt: at });
      expect(await store.open(left.sagaId)).toMatchObject({ stored: { claim: left }, cancels: [] });
    });
  });
}
