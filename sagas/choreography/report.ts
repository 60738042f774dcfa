import { commandIdOf, undoIdOf } from '../../domain/messages.ts';
import type { SagaDefinition } from '../definition.ts';
import { commandsOf, compensationsOf, isoOf, type SagaReport } from '../runner/saga-report.ts';
import type { JournalEntry } from '../runner/saga-state.ts';
import { isEnded, stuckOf, type TrackedSaga, type TrackerState } from './tracked-saga.ts';

/** A choreographed saga as the HTTP API shows it; undefined when nothing is known of it. Pure. */
export function reportTracked(
  sagaId: string,
  { saga, parked }: TrackerState,
  definition: SagaDefinition | undefined,
): SagaReport | undefined {
  if (saga === undefined && parked.length === 0) return undefined;
  const cancels = parked.flatMap((event) =>
    event.kind === 'cancel-requested'
      ? [{ id: event.id, code: event.reason.code, at: isoOf(event.at) }]
      : [],
  );
  return { ...unstarted, ...(saga && reportSaga(saga, definition)), sagaId, cancels };
}

const unstarted: Omit<SagaReport, 'sagaId' | 'cancels'> = {
  ...{ definition: null, variant: 'choreography', state: 'awaited', reason: null, instance: null },
  ...{ claimedAt: null, startedAt: null, endedAt: null },
  ...{ timeline: [], commands: [], replies: [], compensations: [], stuck: [] },
};

function reportSaga(
  saga: TrackedSaga,
  definition: SagaDefinition | undefined,
): Omit<SagaReport, 'sagaId' | 'cancels'> {
  const { thread, phase, journal, changedAt } = saga;
  return {
    ...{ definition: thread.definition, variant: 'choreography', state: phase, instance: null },
    reason: thread.reason ?? null,
    claimedAt: isoOf(thread.startedAt),
    startedAt: isoOf(thread.startedAt),
    endedAt: isEnded(saga) ? isoOf(changedAt) : null,
    timeline: journal.map((entry) => ({ ...entry, at: isoOf(entry.at) })),
    commands: commandsOf(thread.sagaId, journal),
    replies: repliesOf(thread.sagaId, journal),
    compensations: compensationsOf(journal),
    stuck: definition === undefined ? [] : stuckOf(saga, definition),
  };
}

const outcomes: ReadonlyMap<JournalEntry['what'], 'done' | 'refused'> = new Map([
  ['reply-done', 'done'],
  ['reply-refused', 'refused'],
  ['undo-done', 'done'],
]);

/** The answers that the tracker has heard of, from events. */
function repliesOf(sagaId: string, journal: readonly JournalEntry[]): SagaReport['replies'] {
  return journal.flatMap((entry, index) => {
    const { what, step, at, code = null } = entry;
    const outcome = outcomes.get(what);
    if (step === undefined || outcome === undefined) return [];
    const idOf = isOfUndo(entry, journal.slice(0, index)) ? undoIdOf : commandIdOf;
    const commandId = idOf(sagaId, step);
    return [{ id: `${commandId}/reply`, commandId, outcome, code, at: isoOf(at), isLate: false }];
  });
}

/** A step is refused before anybody asks for its compensation, or never. */
function isOfUndo({ what, step }: JournalEntry, before: readonly JournalEntry[]): boolean {
  if (what !== 'reply-refused') return what === 'undo-done';
  return before.some((entry) => entry.what === 'undo-sent' && entry.step === step);
}
