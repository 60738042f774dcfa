import { stateTables } from '../../shared/config/state-tables.ts';
import {
  createTableClaimStore,
  type TableClaimStore,
} from '../../shared/idempotency/table-claim-store.ts';
import type { Foundation } from './foundation.ts';

/**
 * Opens the claims of a namespace: what is landed in, not who reads it or how it arrived. Events are
 * claimed for Bronze by their source and id, dead letters by the position at which they died.
 * Errors: `storage.unavailable` (transient), `config.invalid` (permanent).
 */
export async function openClaims(
  { config, state, clock, newId }: Foundation,
  sink: 'bronze' | 'dead-letters',
): Promise<TableClaimStore> {
  const table = await state.table(stateTables.claims);
  const { buckets } = config.idempotency;
  const claims = createTableClaimStore({ table, sink, buckets, clock, newId });
  await claims.verify();
  return claims;
}
