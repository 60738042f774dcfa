import type { EpochMs } from '../../shared/kernel/time.ts';
import type { SagaState } from './machine-state.ts';
import type { JournalEntry } from './saga-state.ts';

/** The journal is shown in the durable custom status, whose size is limited. */
const maxCodeLength = 48;

/**
 * Adds a line to the journal. Of lines that say the same of the same step the first and the last
 * stay, so that the journal's length depends on the definition alone, whatever repeats itself.
 */
export function record(state: SagaState, entry: JournalEntry): SagaState {
  const { journal } = state;
  const alike = [...journal.keys()].filter((at) => saysTheSame(journal[at], entry));
  const replaced = alike.length > 1 ? alike.at(-1) : undefined;
  return {
    ...state,
    journal: [...journal.filter((_, at) => at !== replaced), withShortCode(entry)],
  };
}

/** Adds a line of what happened to a command. */
export function recordPending(
  state: SagaState,
  what: JournalEntry['what'],
  { at, code }: { readonly at: EpochMs; readonly code?: string },
): SagaState {
  const { pending } = state;
  if (pending === undefined) return state;
  const { step, attempt } = pending;
  return record(state, { at, what, step, attempt, ...(code === undefined ? {} : { code }) });
}

function saysTheSame(left: JournalEntry | undefined, right: JournalEntry): boolean {
  return left?.what === right.what && left.step === right.step;
}

function withShortCode(entry: JournalEntry): JournalEntry {
  if (entry.code === undefined) return entry;
  return { ...entry, code: entry.code.slice(0, maxCodeLength) };
}
