import type { DeadLetterIntake, DeadLetterRecord } from '../../../shared/ports/dead-letters.ts';

/** The operational table in memory, with the semantics of the port. */
export interface MemoryIntake extends DeadLetterIntake {
  readonly records: ReadonlyMap<string, DeadLetterRecord>;
}

export function createMemoryIntake(): MemoryIntake {
  const records = new Map<string, DeadLetterRecord>();
  return {
    records,
    record: (letters) => {
      for (const letter of letters) if (!records.has(letter.id)) records.set(letter.id, letter);
      return Promise.resolve();
    },
  };
}
