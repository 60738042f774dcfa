import type {
  Actions,
  AddAction,
  MetaDataAction,
  ProtocolAction,
  RemoveAction,
  TxnAction,
} from './actions.ts';
import type { Report } from './finding.ts';
import { parseSchema } from './table-schema.ts';

/** Checks what can be said of one commit alone: shapes, and no two actions on one thing. */
export function checkCommit(actions: Actions, where: string, report: Report): void {
  checkDuplicates(actions, where, report);
  for (const metaData of actions.metaData) checkMetaData(metaData, where, report);
  for (const protocol of actions.protocols) checkProtocol(protocol, where, report);
  for (const add of actions.adds) checkAdd(add, where, report);
  for (const remove of actions.removes) checkRemove(remove, where, report);
  for (const txn of actions.txns) checkTxn(txn, where, report);
}

function checkProtocol(protocol: ProtocolAction, where: string, report: Report): void {
  const { minReaderVersion, minWriterVersion } = protocol;
  if (minReaderVersion <= 1 && minWriterVersion <= 2) return;
  report('log.protocol', where, `(${minReaderVersion}, ${minWriterVersion}) is above (1, 2)`);
}

function checkTxn(txn: TxnAction, where: string, report: Report): void {
  if (typeof txn.appId === 'string' && Number.isSafeInteger(txn.version)) return;
  report('txn.fields', where, JSON.stringify(txn));
}

function checkDuplicates(actions: Actions, where: string, report: Report): void {
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['metaData', actions.metaData.map(() => '')],
    ['protocol', actions.protocols.map(() => '')],
    ['commitInfo', actions.commitInfos.map(() => '')],
    ['txn', actions.txns.map(({ appId }) => appId)],
    ['path', [...actions.adds, ...actions.removes].map(({ path }) => path)],
  ];
  for (const [what, names] of named) {
    const doubled = names.find((name, index) => names.indexOf(name) !== index);
    if (doubled !== undefined) report('log.duplicate', where, `two of ${what} ${doubled}`);
  }
}

function checkMetaData(metaData: MetaDataAction, where: string, report: Report): void {
  const schema = parseSchema(metaData.schemaString);
  if (schema === undefined) {
    report('log.metadata', where, 'schemaString is not the JSON of a struct');
    return;
  }
  const names = schema.map(({ name }) => name.toLowerCase());
  if (new Set(names).size !== names.length) {
    report('log.metadata', where, 'column names differ only in case');
  }
  const missing = metaData.partitionColumns.filter((name) => !names.includes(name.toLowerCase()));
  if (missing.length > 0) {
    report('log.metadata', where, `partition columns not in the schema: ${missing.join(', ')}`);
  }
  if (typeof metaData.configuration !== 'object') {
    report('log.metadata', where, 'configuration is absent');
  }
}

function checkAdd(add: AddAction, where: string, report: Report): void {
  const problems = problemsOf([
    [isRelativeUri(add.path), 'path is not a relative, encoded URI'],
    [typeof add.partitionValues === 'object', 'no partitionValues'],
    [Number.isSafeInteger(add.size) && add.size > 0, 'size is no positive integer'],
    [Number.isSafeInteger(add.modificationTime), 'modificationTime is no integer'],
    [typeof add.dataChange === 'boolean', 'dataChange is no boolean'],
    [typeof add.stats === 'string', 'stats is no JSON string'],
  ]);
  if (problems.length > 0) report('add.fields', `${where} ${add.path}`, problems.join('; '));
}

function checkRemove(remove: RemoveAction, where: string, report: Report): void {
  const problems = problemsOf([
    [isRelativeUri(remove.path), 'path is not a relative, encoded URI'],
    [Number.isSafeInteger(remove.deletionTimestamp), 'no deletionTimestamp'],
    [typeof remove.dataChange === 'boolean', 'dataChange is no boolean'],
  ]);
  if (problems.length > 0) report('remove.fields', `${where} ${remove.path}`, problems.join('; '));
}

function problemsOf(demands: readonly (readonly [boolean, string])[]): readonly string[] {
  return demands.filter(([isMet]) => !isMet).map(([, problem]) => problem);
}

function isRelativeUri(path: string): boolean {
  if (typeof path !== 'string' || path === '' || /^([a-z][a-z0-9+.-]*:|\/)/i.test(path)) {
    return false;
  }
  if (/[^\w\-.~!$&'()*+,;=:@%/]/.test(path) || path.split('/').includes('..')) return false;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
