import { replayBookContract } from '../../../support/contracts/replay-book.ts';
import { createMemoryDeadLetters } from '../../../support/dead-letters/memory-dead-letters.ts';

replayBookContract('memory', (clock) => Promise.resolve(createMemoryDeadLetters(clock)));
