import { objectStoreContract } from '../../../support/contracts/object-store.ts';
import { createMemoryObjectStore } from '../../../support/bronze/memory-object-store.ts';

objectStoreContract('in memory', () => Promise.resolve(createMemoryObjectStore()));
