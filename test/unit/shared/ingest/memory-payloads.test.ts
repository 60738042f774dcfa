import { payloadStoreContract } from '../../../support/contracts/payload-store.ts';
import { createMemoryPayloads } from '../../../support/ingest-world/memory-payloads.ts';

payloadStoreContract('in memory', () => Promise.resolve(createMemoryPayloads()));
