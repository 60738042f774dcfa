import { ledgerContract } from '../../../support/contracts/ledger.ts';
import { createMemoryLedger } from '../../../support/ingest-world/memory-ledger.ts';

ledgerContract('in memory', () => Promise.resolve(createMemoryLedger()));
