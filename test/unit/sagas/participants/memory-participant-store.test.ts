import { createMemoryParticipantStore } from '../../../support/memory-participant-store.ts';
import { participantStoreContract } from '../../../support/contracts/participant-store.ts';

participantStoreContract('memory', () => Promise.resolve(createMemoryParticipantStore()));
