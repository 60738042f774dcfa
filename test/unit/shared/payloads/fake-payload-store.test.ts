import { createFakePayloadStore } from '../../../support/fake-payload-store.ts';
import { payloadStoreContract } from '../../../support/contracts/payload-store.ts';

payloadStoreContract('in memory', () => Promise.resolve(createFakePayloadStore()));
