import { sagaListingContract } from '../../../support/contracts/saga-listing.ts';
import { sagaStoreContract } from '../../../support/contracts/saga-store.ts';
import { createMemorySagaListing } from '../../../support/sagas/memory-saga-listing.ts';
import { createMemorySagaStore } from '../../../support/sagas/memory-saga-store.ts';

sagaStoreContract('memory', () => Promise.resolve(createMemorySagaStore()));
sagaListingContract('memory', () => Promise.resolve(createMemorySagaListing()));
