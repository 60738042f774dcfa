import type {
  SagaClaim,
  SagaStore,
  StoredCancel,
  StoredClaim,
  StoredReply,
} from '../../../shared/ports/sagas.ts';

interface Rows {
  claim: StoredClaim | undefined;
  readonly replies: Map<string, StoredReply>;
  readonly cancels: Map<string, StoredCancel>;
}

/** The store in memory. It copies what it keeps, as storage does. */
export function createMemorySagaStore(): SagaStore {
  const sagas = new Map<string, Rows>();
  let etags = 0;
  const rowsOf = (sagaId: string): Rows => {
    const rows = sagas.get(sagaId) ?? { claim: undefined, replies: new Map(), cancels: new Map() };
    sagas.set(sagaId, rows);
    return rows;
  };
  const put = (claim: SagaClaim): StoredClaim => {
    const stored = { claim: structuredClone(claim), etag: String(++etags) };
    rowsOf(claim.sagaId).claim = stored;
    return stored;
  };
  const addOnce = <Row extends { readonly id: string }>(rows: Map<string, Row>, row: Row) => {
    if (!rows.has(row.id)) rows.set(row.id, structuredClone(row));
    return Promise.resolve();
  };
  return {
    insert: (claim) =>
      Promise.resolve(rowsOf(claim.sagaId).claim === undefined ? put(claim) : undefined),
    read: (sagaId) => Promise.resolve(rowsOf(sagaId).claim),
    replace: (claim, etag) =>
      Promise.resolve(rowsOf(claim.sagaId).claim?.etag === etag ? put(claim) : undefined),
    addReply: (sagaId, reply) => addOnce(rowsOf(sagaId).replies, reply),
    addCancel: (sagaId, cancel) => addOnce(rowsOf(sagaId).cancels, cancel),
    open: (sagaId) => {
      const { claim, replies, cancels } = rowsOf(sagaId);
      return Promise.resolve({
        stored: claim,
        replies: [...replies.values()].toSorted(byArrival),
        cancels: [...cancels.values()].toSorted(byArrival),
      });
    },
  };
}

function byArrival(left: { readonly receivedAt: number }, right: { readonly receivedAt: number }) {
  return left.receivedAt - right.receivedAt;
}
