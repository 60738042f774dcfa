import type { Report } from './finding.ts';

export interface AddAction {
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  readonly stats?: string | null;
}

export interface RemoveAction {
  readonly path: string;
  readonly deletionTimestamp?: number | null;
  readonly dataChange: boolean;
  readonly partitionValues?: Readonly<Record<string, string | null>> | null;
  readonly size?: number | null;
}

export interface TxnAction {
  readonly appId: string;
  readonly version: number;
  readonly lastUpdated?: number | null;
}

export interface MetaDataAction {
  readonly id: string;
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
}

export interface ProtocolAction {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
}

/** The actions of one commit or one checkpoint, by kind. */
export interface Actions {
  readonly adds: AddAction[];
  readonly removes: RemoveAction[];
  readonly txns: TxnAction[];
  readonly metaData: MetaDataAction[];
  readonly protocols: ProtocolAction[];
  readonly commitInfos: Readonly<Record<string, unknown>>[];
}

const kinds = {
  add: 'adds',
  remove: 'removes',
  txn: 'txns',
  metaData: 'metaData',
  protocol: 'protocols',
  commitInfo: 'commitInfos',
} as const;

type Kind = keyof typeof kinds;

/** Reads the lines of a commit; each must be one JSON object with exactly one known key. */
export function parseCommit(text: string, where: string, report: Report): Actions {
  const actions = noActions();
  for (const [index, line] of withoutFinalNewline(text).split('\n').entries()) {
    const [only, ...others] = entriesOf(line);
    if (only !== undefined && others.length === 0 && isKind(only[0])) {
      collect(actions, only[0], only[1]);
    } else report('log.line', `${where}:${index + 1}`, `not one action: ${line.slice(0, 120)}`);
  }
  return actions;
}

/** Reads the rows of a checkpoint: one optional struct per kind, exactly one of them set. */
export function parseCheckpointRows(
  rows: readonly string[],
  where: string,
  report: Report,
): Actions {
  const actions = noActions();
  for (const row of rows) {
    const [only, ...others] = entriesOf(row).filter(([, value]) => value !== null);
    const isOne = only !== undefined && others.length === 0 && only[0] !== 'commitInfo';
    if (isOne && isKind(only[0])) collect(actions, only[0], only[1]);
    else report('checkpoint.content', where, `not one action: ${row.slice(0, 120)}`);
  }
  return actions;
}

function noActions(): Actions {
  return { adds: [], removes: [], txns: [], metaData: [], protocols: [], commitInfos: [] };
}

function entriesOf(line: string): [string, unknown][] {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.entries(value) : [];
  } catch {
    return [];
  }
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(kinds, kind);
}

function collect(actions: Actions, kind: Kind, value: unknown): void {
  (actions[kinds[kind]] as unknown[]).push(value);
}

function withoutFinalNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
