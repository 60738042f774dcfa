import { deadLetterDeskContract } from '../../../support/contracts/dead-letter-desk.ts';
import { createMemoryDeadLetters } from '../../../support/dead-letters/memory-dead-letters.ts';

deadLetterDeskContract('memory', (clock) => Promise.resolve(createMemoryDeadLetters(clock)));
