import { circuitStoreContract } from '../../../support/contracts/circuit-store.ts';
import { createMemoryCircuitStore } from '../../../support/recoverability/memory-circuit-store.ts';

circuitStoreContract('memory', () => Promise.resolve(createMemoryCircuitStore()));
