export { connectLake, type Lake, type LakeConnection } from './connect-lake.ts';
export { openDeltaTables, type OpenDeltaTables } from './delta-tables.ts';
export type { DeltaOptions } from './delta/delta-options.ts';
export type { ObjectStore } from './object-store.ts';
