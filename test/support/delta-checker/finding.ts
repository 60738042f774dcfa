/** The rules of the checker list in the Delta protocol, each with its own name. */
export type Rule =
  | 'log.gap'
  | 'log.line'
  | 'log.duplicate'
  | 'log.first-commit'
  | 'log.protocol'
  | 'log.metadata'
  | 'add.fields'
  | 'add.again'
  | 'remove.fields'
  | 'remove.unknown'
  | 'txn.fields'
  | 'txn.not-monotone'
  | 'compaction.rows'
  | 'append-only.removed'
  | 'file.missing'
  | 'file.size'
  | 'file.schema'
  | 'file.stats'
  | 'file.rows'
  | 'file.nulls'
  | 'file.bounds'
  | 'file.partition'
  | 'checkpoint.orphan'
  | 'checkpoint.content'
  | 'checkpoint.replay'
  | 'checkpoint.hint'
  | 'rows.duplicate';

/** One breach of one rule. */
export interface Finding {
  readonly rule: Rule;
  /** File, version or action that breaks it. */
  readonly where: string;
  readonly detail: string;
}

/** Collects findings while a check goes on. */
export type Report = (rule: Rule, where: string, detail: string) => void;
