import type {
  AddFile,
  Commit,
  CommitInfo,
  MetaData,
  Protocol,
  RemoveFile,
  Txn,
} from '../actions.ts';
import { corruptLog } from '../delta-errors.ts';
import {
  readAdd,
  readCommitInfo,
  readMetaData,
  readProtocol,
  readRemove,
  readTxn,
} from './action-codec.ts';
import { isRecord, type JsonRecord } from './json-fields.ts';

/** One commit as the text of its log file: one action per line, `commitInfo` first. */
export function formatCommit(commit: Commit): string {
  const { commitInfo, protocol, metaData, txns, adds, removes } = commit;
  const lines = [
    ...(commitInfo === undefined ? [] : [{ commitInfo }]),
    ...(protocol === undefined ? [] : [{ protocol }]),
    ...(metaData === undefined ? [] : [{ metaData }]),
    ...txns.map((txn) => ({ txn })),
    ...removes.map((remove) => ({ remove })),
    ...adds.map((add) => ({ add })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * Reads the text of a log file. Actions of kinds that we do not know are left out: what they mean
 * is guarded by the table's protocol, which is checked apart.
 * Errors: `delta.corrupt_log`.
 */
export function parseCommit(text: string, name: string): Commit {
  const draft: CommitDraft = { txns: [], adds: [], removes: [] };
  for (const line of text.split('\n')) {
    if (line.trim() !== '') readLine(draft, line, name);
  }
  return draft;
}

interface CommitDraft {
  commitInfo?: CommitInfo;
  protocol?: Protocol;
  metaData?: MetaData;
  readonly txns: Txn[];
  readonly adds: AddFile[];
  readonly removes: RemoveFile[];
}

const readers: Readonly<Record<string, (draft: CommitDraft, action: JsonRecord) => void>> = {
  commitInfo: (draft, action) => (draft.commitInfo = readCommitInfo(action)),
  protocol: (draft, action) => (draft.protocol = readProtocol(action)),
  metaData: (draft, action) => (draft.metaData = readMetaData(action)),
  txn: (draft, action) => draft.txns.push(readTxn(action)),
  add: (draft, action) => draft.adds.push(readAdd(action)),
  remove: (draft, action) => draft.removes.push(readRemove(action)),
};

function readLine(draft: CommitDraft, line: string, name: string): void {
  try {
    const parsed: unknown = JSON.parse(line);
    if (!isRecord(parsed)) throw new TypeError('a line is no JSON object');
    for (const [kind, action] of Object.entries(parsed)) {
      const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
      if (read !== undefined && isRecord(action)) read(draft, action);
    }
  } catch (error) {
    throw corruptLog(error instanceof Error ? error.message : 'unreadable line', { name });
  }
}
