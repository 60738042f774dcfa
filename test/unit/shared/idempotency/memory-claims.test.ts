import { claimStoreContract } from '../../../support/contracts/claim-store.ts';
import { createMemoryClaims } from '../../../support/ingest-world/memory-claims.ts';

claimStoreContract('in memory', () => Promise.resolve(createMemoryClaims()));
