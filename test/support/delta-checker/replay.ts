import type {
  Actions,
  AddAction,
  MetaDataAction,
  ProtocolAction,
  RemoveAction,
  TxnAction,
} from './actions.ts';
import type { Report } from './finding.ts';

/** What a table is after a run of commits. */
export interface TableState {
  readonly protocol: ProtocolAction | undefined;
  readonly metaData: MetaDataAction | undefined;
  readonly adds: ReadonlyMap<string, AddAction>;
  readonly removes: ReadonlyMap<string, RemoveAction>;
  readonly txns: ReadonlyMap<string, TxnAction>;
}

export const emptyState: TableState = {
  protocol: undefined,
  metaData: undefined,
  adds: new Map(),
  removes: new Map(),
  txns: new Map(),
};

/** The state that a checkpoint describes. */
export function stateOfCheckpoint(actions: Actions): TableState {
  return {
    protocol: actions.protocols.at(-1),
    metaData: actions.metaData.at(-1),
    adds: new Map(actions.adds.map((add) => [add.path, add])),
    removes: new Map(actions.removes.map((remove) => [remove.path, remove])),
    txns: new Map(actions.txns.map((txn) => [txn.appId, txn])),
  };
}

/** Applies one commit and reports what the state before it does not allow. */
export function applyCommit(
  state: TableState,
  actions: Actions,
  context: CommitContext,
): TableState {
  checkFiles(state, actions, context);
  checkTxns(state, actions, context);
  const adds = new Map(state.adds);
  const removes = new Map(state.removes);
  const txns = new Map(state.txns);
  for (const remove of actions.removes) {
    adds.delete(remove.path);
    removes.set(remove.path, remove);
  }
  for (const add of actions.adds) adds.set(add.path, add);
  for (const txn of actions.txns) txns.set(txn.appId, txn);
  return {
    protocol: actions.protocols.at(-1) ?? state.protocol,
    metaData: actions.metaData.at(-1) ?? state.metaData,
    adds,
    removes,
    txns,
  };
}

interface CommitContext {
  readonly where: string;
  readonly report: Report;
}

function checkFiles(state: TableState, actions: Actions, { where, report }: CommitContext): void {
  for (const { path } of actions.adds) {
    if (state.adds.has(path) || state.removes.has(path)) {
      report('add.again', where, `${path} was in the table before: file names are used once`);
    }
  }
  for (const { path } of actions.removes) {
    if (!state.adds.has(path)) report('remove.unknown', where, `${path} is not live`);
  }
  if (isAppendOnly(state) && actions.removes.some(({ dataChange }) => dataChange)) {
    report('append-only.removed', where, 'rows removed from an append-only table');
  }
}

function isAppendOnly({ metaData }: TableState): boolean {
  return metaData?.configuration['delta.appendOnly'] === 'true';
}

function checkTxns(state: TableState, actions: Actions, { where, report }: CommitContext): void {
  for (const { appId, version } of actions.txns) {
    const before = state.txns.get(appId)?.version;
    if (before !== undefined && version <= before) {
      report('txn.not-monotone', where, `${appId}: ${version} after ${before}`);
    }
  }
}
