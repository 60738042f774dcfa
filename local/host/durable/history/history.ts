import { eventType, type HistoryEvent } from './history-event.ts';

/**
 * Events that were committed together: those of an episode, from `OrchestratorStarted` on, or those
 * that came while the orchestrator was not run.
 */
export type HistoryRow = readonly HistoryEvent[];

/** The history of one execution. */
export interface History {
  /** What the orchestrator has seen, episode by episode. */
  readonly played: readonly HistoryEvent[];
  /** What it will see first in the next episode: it came while it was suspended or not startable. */
  readonly held: readonly HistoryEvent[];
}

export const emptyHistory: History = { played: [], held: [] };

export function readHistory(rows: Iterable<HistoryRow>): History {
  let history = emptyHistory;
  for (const row of rows) history = extendHistory(history, row);
  return history;
}

/** Adds a committed row. What was held becomes part of the episode, at the place it was given. */
export function extendHistory({ played, held }: History, row: HistoryRow): History {
  if (row[0]?.EventType !== eventType.orchestratorStarted) {
    return { played, held: [...held, ...row] };
  }
  return { played: [...played, ...withHeld(row, held)], held: [] };
}

/** An episode as the orchestrator sees it: what was held comes after the start. */
export function withHeld(row: HistoryRow, held: readonly HistoryEvent[]): HistoryRow {
  const startLength = row[1]?.EventType === eventType.executionStarted ? 2 : 1;
  return [...row.slice(0, startLength), ...held, ...row.slice(startLength)];
}

/** Every event in the order in which it was committed, as far as the next episode will know them. */
export function allEvents({ played, held }: History): readonly HistoryEvent[] {
  return [...played, ...held];
}
