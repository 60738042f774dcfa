import type { DeadLetterIntake } from '../ports/dead-letters.ts';
import type { DeskParts } from './desk-parts.ts';
import { recordLetters } from './record-letters.ts';

/** How dead letters come into an existing table of Table Storage. */
export function createTableDeadLetterIntake(parts: DeskParts): DeadLetterIntake {
  return { record: (records) => recordLetters(parts, records) };
}
