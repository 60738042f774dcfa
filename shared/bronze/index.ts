export { connectLake, type Lake, type LakeConnection, type LakeOptions } from './connect-lake.ts';
export {
  openDeltaTables,
  type DeltaTablesOptions,
  type MaintenanceReport,
  type OpenDeltaTables,
  type SnapshotReader,
  type TableMaintenance,
} from './delta-tables.ts';
export type { CommitHooks } from './delta/append/commit-batch.ts';
export { defaultDeltaOptions, type DeltaOptions } from './delta/delta-options.ts';
export type { ListedObject, ObjectStore } from './object-store.ts';
export type { SnapshotFile, TableSnapshot } from './table-snapshot.ts';
