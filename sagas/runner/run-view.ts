import type { JournalEntry, SagaView } from './saga-state.ts';

/** What a run shows of itself while it runs. */
export interface RunView {
  readonly phase: SagaView['phase'];
  readonly reason: SagaView['reason'] | null;
  readonly journal: readonly JournalEntry[];
  /** Lines of the journal left out, the oldest. */
  readonly omitted: number;
}

/** The engine takes 16 KB of UTF-16. */
const maxLength = 8_000;

/** The view of a run, cut to what the engine takes: the newest lines stay. */
export function toRunView({ phase, reason, journal }: SagaView): RunView {
  let omitted = 0;
  const view = (): RunView => ({
    phase,
    reason: reason === undefined ? null : { ...reason, detail: reason.detail.slice(0, 1_000) },
    journal: journal.slice(omitted),
    omitted,
  });
  while (omitted < journal.length && JSON.stringify(view()).length > maxLength) omitted += 1;
  return view();
}
